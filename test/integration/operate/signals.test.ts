import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openNgClient } from '../../support/anchor.js';
import { AnchoredCall } from '../../support/anchored-call.js';
import { TestHost } from '../../support/host.js';
import { httpRequest } from '../../support/metrics.js';
import type { NgClient, NgReply } from '../../support/ng-client.js';
import { RelayProcess } from '../../support/relay-process.js';
import { buildSdp } from '../../support/sdp.js';
import { RtpStream, sendInStep } from '../../support/stream.js';
import { TempDirectory } from '../../support/temp-directory.js';

const SUITE = 'AES_CM_128_HMAC_SHA1_80';
const GCM = 'AEAD_AES_128_GCM';

let host: TestHost;
let anchor: RelayProcess;
let call: AnchoredCall;
let client: NgClient;
let temp: TempDirectory;
let offers = 0;

beforeEach(async () => {
  temp = new TempDirectory('signals');
  configure('{}');
  host = await TestHost.open();
  anchor = await RelayProcess.start(host, { extraArguments: ['--config', temp.file('anchor.yaml')] });
  call = await AnchoredCall.open(anchor, { from: 'plain', to: SUITE });
  client = await openNgClient(anchor, { retransmissions: 0 });
});

afterEach(async () => {
  // A relay that has ended answers no delete.
  if (anchor.process.running) await call.close();
  await client.close();
  await host.close();
  temp.remove();
});

function configure(text: string): void {
  writeFileSync(temp.file('anchor.yaml'), text);
}

/** A new call; `more` are keys of the request. */
async function offer(more: Readonly<Record<string, string | readonly string[]>> = {}): Promise<NgReply> {
  return client.request(
    { 'call-id': `new-${offers++}`, 'from-tag': 'a', sdp: buildSdp({ port: 4_000 }), ...more, command: 'offer' },
    1_000,
  );
}

let sent = 0;

/** Packets of the call still pass, both ways. */
async function talks(): Promise<void> {
  await sendInStep(call, call.from, new RtpStream({ ssrc: 1, start: sent }).packets(5));
  await sendInStep(call, call.to, new RtpStream({ ssrc: 2, start: sent }).packets(5));
  sent += 5;
}

async function ready(): Promise<number> {
  return (await httpRequest(anchor, '/readyz')).status;
}

describe('SIGTERM', () => {
  it('turns new calls away and ends the process with the last call', async () => {
    await talks();
    expect(await ready()).toBe(200);
    anchor.process.signal('SIGTERM');
    await anchor.process.waitForOutput(/drain-began/);

    const plain = await offer();
    expect(plain.result).toBe('error');
    expect(plain.errorReason).toBe('Load limit exceeded');
    const understood = await offer({ supports: ['load limit'] });
    expect(understood.result).toBe('load limit');
    expect(await ready()).toBe(503);
    expect((await httpRequest(anchor, '/healthz')).status).toBe(200);

    await talks();
    await call.negotiate(call.from, call.to, { direction: 'inactive' });
    await call.negotiate(call.from, call.to, { direction: 'sendrecv' });
    await talks();
    expect(anchor.process.running).toBe(true);
    await call.delete();
    expect(await anchor.process.exit(5_000)).toEqual({ code: 0, signal: null });
  });

  it('given twice, ends the process at once, calls or not', async () => {
    anchor.process.signal('SIGTERM');
    await anchor.process.waitForOutput(/drain-began/);
    await talks();
    anchor.process.signal('SIGTERM');
    expect(await anchor.process.exit(5_000)).toEqual({ code: 0, signal: null });
    expect(anchor.process.output).toContain('ended-at-once');
  });
});

describe('SIGHUP', () => {
  it('takes over limits, log level, policies and allowed peers, and touches no call', async () => {
    await talks();
    configure(`max-sessions: 1\nlog-level: debug\noffered-suites: [${GCM}]\n`);
    await reload(1);
    expect((await offer()).errorReason).toBe('Parallel session limit reached');
    await talks();

    configure(`offered-suites: [${GCM}]\n`);
    await reload(2);
    const offered = await offer({ 'transport-protocol': 'RTP/SAVP' });
    expect(offered.sdp?.match(/a=crypto:\d+ \S+/g)).toEqual([`a=crypto:1 ${GCM}`]);
    await talks();

    configure('ng-allow: [192.0.2.0/24]\n');
    await reload(3);
    await expect(offer()).rejects.toThrow(/no reply/);
    await talks();

    configure('{}');
    await reload(4);
    expect((await offer()).result).toBe('ok');
  });

  it('changes nothing when the file is broken', async () => {
    configure('max-sessions: many\n');
    anchor.process.signal('SIGHUP');
    await anchor.process.waitForOutput(/max-sessions.*reload-refused/);
    configure('{ not: [yaml');
    anchor.process.signal('SIGHUP');
    await anchor.process.waitForOutput(/(reload-refused[^]*){2}/);
    await talks();
    expect((await offer()).result).toBe('ok');
    expect(anchor.process.output).not.toMatch(/"reloaded"/);
  });
});

/** Asks for a reload and waits until the relay has done so many. */
async function reload(times: number): Promise<void> {
  anchor.process.signal('SIGHUP');
  await anchor.process.waitForOutput(new RegExp(`(?:"reloaded"[^]*){${times}}`));
}
