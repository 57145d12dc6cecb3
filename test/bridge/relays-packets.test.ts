import { afterEach, describe, expect, it } from 'vitest';
import type { PortConfig, SrtpKeys } from '../../src/relay/addon.js';
import type { PortCounter, StreamCounter } from '../../src/relay/counters.js';
import { Slab, SlabIndex } from '../../src/relay/slab.js';
import { buildRtp, buildSenderReport, parseRtp } from '../support/rtp.js';
import { waitFor } from '../support/wait.js';
import { LocalEndpoint } from './local-endpoint.js';
import {
  addon,
  closeRelays,
  newRelay,
  openPort,
  plainConfig,
  srtpKeys,
  type OpenedPort,
  type OpenRelay,
} from './seam.js';

const packets = 100;
const ssrc = 0x1234_5678;
const payload = Buffer.alloc(160, 0x55);

/** Two ports of one worker that forward to each other, each with its party. */
interface Path extends OpenRelay {
  readonly a: OpenedPort;
  readonly b: OpenedPort;
  readonly partyA: LocalEndpoint;
  readonly partyB: LocalEndpoint;
  counter(port: OpenedPort, name: PortCounter): number;
  stream(port: OpenedPort, index: number, name: StreamCounter): number;
  /** Configures, and waits until the worker has taken it up: it does so between packets, not at once. */
  configure(port: OpenedPort, config: PortConfig): Promise<void>;
}

let endpoints: LocalEndpoint[] = [];

async function party(address: string): Promise<LocalEndpoint> {
  const endpoint = await LocalEndpoint.open(address);
  endpoints.push(endpoint);
  return endpoint;
}

async function openPath(
  configA: Partial<PortConfig> = {},
  configB: Partial<PortConfig> = {},
  address = '127.0.0.1',
): Promise<Path> {
  const opened = newRelay({ workers: 1 });
  const { relay } = opened;
  const slab = new Slab(relay.slab(0), new SlabIndex(addon.slabLayout()));
  const [a, b] = [openPort(relay, { address }), openPort(relay, { address })];
  const [partyA, partyB] = [await party(address), await party(address)];
  const configure = async ({ id }: OpenedPort, config: PortConfig): Promise<void> => {
    const before = slab.worker('commands');
    relay.configurePort(id, config);
    await waitFor('the worker to take the configuration', () => slab.worker('commands') > before);
  };
  await waitFor('the worker to take the ports', () => slab.worker('commands') === 2);
  await configure(a, { ...plainConfig, remote: partyA.local, rtpTo: b.id, rtcpTo: b.id, ...configA });
  await configure(b, { ...plainConfig, remote: partyB.local, rtpTo: a.id, rtcpTo: a.id, ...configB });
  return {
    ...opened,
    a,
    b,
    partyA,
    partyB,
    configure,
    counter: (port, name) => slab.port(port.slot, name),
    stream: (port, index, name) => slab.stream(port.slot, index, name),
  };
}

function rtp(sequence: number): Buffer {
  return buildRtp({ sequence, ssrc, timestamp: sequence * 160, payload });
}

async function sendAll(from: LocalEndpoint, to: OpenedPort): Promise<void> {
  for (let sequence = 1; sequence <= packets; sequence++) await from.send(rtp(sequence), to.port);
}

afterEach(async () => {
  closeRelays();
  await Promise.all(endpoints.map((endpoint) => endpoint.close()));
  endpoints = [];
});

describe('Through the seam', () => {
  it.each(['127.0.0.1', '::1'])('100 RTP packets pass bit-exact and in order, over %s', async (address) => {
    const path = await openPath({}, {}, address);
    await sendAll(path.partyA, path.a);
    const received = await path.partyB.waitForPackets(packets);
    expect(received).toEqual(Array.from({ length: packets }, (_, index) => rtp(index + 1)));
  });

  it('they are counted where JavaScript reads them, without a call', async () => {
    const path = await openPath();
    await sendAll(path.partyA, path.a);
    await path.partyB.waitForPackets(packets);
    await waitFor('the last packet to be counted', () => path.counter(path.b, 'tx_rtp_packets') === packets);
    expect(path.counter(path.a, 'rx_packets')).toBe(packets);
    expect(path.counter(path.a, 'rtp_packets')).toBe(packets);
    expect(path.counter(path.a, 'rtp_bytes')).toBe(packets * 172);
    expect(path.counter(path.b, 'tx_rtp_bytes')).toBe(packets * 172);
    expect(path.counter(path.b, 'rx_packets')).toBe(0);
  });

  it('each port has streams of its own', async () => {
    const path = await openPath();
    await path.partyB.send(buildRtp({ sequence: 7, ssrc: 1, timestamp: 0, payload }), path.b.port);
    await path.partyA.waitForPackets(1);
    await path.partyB.send(buildRtp({ sequence: 8, ssrc: 2, timestamp: 0, payload }), path.b.port);
    await path.partyA.waitForPackets(2);
    await sendAll(path.partyA, path.a);
    await path.partyB.waitForPackets(packets);
    await waitFor('the last packet to be counted', () => path.stream(path.a, 0, 'packets') === packets);
    expect(path.stream(path.a, 0, 'ssrc')).toBe(ssrc);
    expect(path.stream(path.a, 1, 'in_use')).toBe(0);
    expect([0, 1].map((index) => path.stream(path.b, index, 'ssrc'))).toEqual([1, 2]);
    expect([0, 1].map((index) => path.stream(path.b, index, 'base_sequence'))).toEqual([7, 8]);
    expect(path.stream(path.b, 2, 'in_use')).toBe(0);
  });

  it('RTCP passes too, and is counted apart', async () => {
    const path = await openPath();
    const report = buildSenderReport(ssrc, 1, 160);
    await path.partyA.send(report, path.a.port);
    expect(await path.partyB.waitForPackets(1)).toEqual([report]);
    await waitFor('the report to be counted', () => path.counter(path.b, 'tx_rtcp_packets') === 1);
    expect(path.counter(path.a, 'rtcp_packets')).toBe(1);
    expect(path.counter(path.a, 'rtp_packets')).toBe(0);
  });

  it('a port forwards nothing before it is configured', async () => {
    const { relay } = newRelay({ workers: 1 });
    const slab = new Slab(relay.slab(0), new SlabIndex(addon.slabLayout()));
    const port = openPort(relay);
    const sender = await party('127.0.0.1');
    await sender.send(rtp(1), port.port);
    await waitFor('the packet to be read', () => slab.port(port.slot, 'rx_packets') === 1);
    expect(slab.port(port.slot, 'rtp_packets')).toBe(0);
  });

  it('the learned address comes as an event, and is where the answer goes', async () => {
    const path = await openPath({ remote: null });
    await path.partyA.send(rtp(1), path.a.port);
    await waitFor('the event', () => path.events.length > 0);
    expect(path.events).toEqual([
      {
        kind: 'address_learned',
        port: path.a.id,
        slot: path.a.slot,
        worker: 0,
        detail: `127.0.0.1 ${path.partyA.local.port}`,
      },
    ]);
    await path.partyB.send(rtp(7), path.b.port);
    expect(await path.partyA.waitForPackets(1)).toEqual([rtp(7)]);
  });

  it('each key goes to the direction that it was given for: SRTP out of one relay is read by another', async () => {
    const aToB: SrtpKeys = srtpKeys(0x11);
    const bToA: SrtpKeys = srtpKeys(0x22);
    // Plain A – first – SRTP – second – plain B. The relays face each other.
    const first = await openPath({}, { inbound: bToA, outbound: aToB });
    const second = await openPath({ inbound: aToB, outbound: bToA });
    const address = '127.0.0.1';
    const facing = { ...plainConfig, remote: { address, port: second.a.port }, inbound: bToA, outbound: aToB };
    await first.configure(first.b, { ...facing, rtpTo: first.a.id, rtcpTo: first.a.id });
    const back = { ...plainConfig, remote: { address, port: first.b.port }, inbound: aToB, outbound: bToA };
    await second.configure(second.a, { ...back, rtpTo: second.b.id, rtcpTo: second.b.id });
    await first.partyA.send(rtp(1), first.a.port);
    expect(await second.partyB.waitForPackets(1)).toEqual([rtp(1)]);
    await second.partyB.send(rtp(9), second.b.port);
    expect(await first.partyA.waitForPackets(1)).toEqual([rtp(9)]);
    expect(second.counter(second.a, 'rx_bytes')).toBe(172 + 10);
  });

  it('what leaves a secure leg is not what came in, and a wrong key gets nothing through', async () => {
    const path = await openPath({}, { inbound: srtpKeys(0x22), outbound: srtpKeys(0x11) });
    await path.partyA.send(rtp(1), path.a.port);
    const [secured] = await path.partyB.waitForPackets(1);
    expect(secured).toHaveLength(172 + 10);
    expect(parseRtp(secured!).payload.subarray(0, 160)).not.toEqual(payload);
    // Its own packet back: protected with the outbound key, which is not the inbound one.
    await path.partyB.send(secured!, path.b.port);
    await waitFor('the drop', () => path.counter(path.b, 'drop_auth') === 1);
    expect(path.counter(path.b, 'rtp_packets')).toBe(0);
  });

  it('JavaScript may wipe its keys as soon as configurePort has returned', async () => {
    const keys = srtpKeys(0x11);
    const path = await openPath({}, { inbound: srtpKeys(0x22), outbound: keys });
    keys.keys[0]!.keySalt.fill(0);
    const twin = await openPath({}, { inbound: srtpKeys(0x22), outbound: srtpKeys(0x11) });
    await path.partyA.send(rtp(1), path.a.port);
    await twin.partyA.send(rtp(1), twin.a.port);
    expect(await path.partyB.waitForPackets(1)).toEqual(await twin.partyB.waitForPackets(1));
  });
});
