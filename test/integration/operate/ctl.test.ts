import { fileURLToPath } from 'node:url';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNgClient } from '../../support/anchor.js';
import { AnchoredCall } from '../../support/anchored-call.js';
import { TestHost } from '../../support/host.js';
import type { CommandResult } from '../../support/process.js';
import { RelayProcess } from '../../support/relay-process.js';
import { buildSdp, cryptoAttribute } from '../../support/sdp.js';
import { inlineKey, randomMasterKey } from '../../support/srtp.js';
import { RtpStream, sendInStep } from '../../support/stream.js';
import { TempDirectory } from '../../support/temp-directory.js';

const SUITE = 'AES_CM_128_HMAC_SHA1_80';
const BINARY = fileURLToPath(new URL('../../../bin/srtp-anchor', import.meta.url));

let host: TestHost;
let anchor: RelayProcess;
let call: AnchoredCall;
const [plain, secure] = [new RtpStream({ ssrc: 1 }), new RtpStream({ ssrc: 2 })];

beforeAll(async () => {
  host = await TestHost.open();
  anchor = await RelayProcess.start(host);
  call = await AnchoredCall.open(anchor, { from: 'plain', to: SUITE, callId: 'three in the morning/1@host' });
  await talk(20, 30);
});

/** So many packets from each end. */
async function talk(fromPlain: number, fromSecure: number): Promise<void> {
  await sendInStep(call, call.from, plain.packets(fromPlain));
  await sendInStep(call, call.to, secure.packets(fromSecure));
}

afterAll(async () => {
  // A relay that has ended answers no delete.
  if (anchor.process.running) await call.close();
  await host.close();
});

async function ctl(...args: string[]): Promise<CommandResult> {
  const url = `http://${anchor.http.address}:${anchor.http.port}`;
  return host.run(process.execPath, [BINARY, 'ctl', ...args, '--url', url]);
}

describe('srtp-anchor ctl at a real relay', () => {
  it('list shows the call with both ends and its verdict', async () => {
    const { code, stdout } = await ctl('list');
    expect(code).toBe(0);
    expect(stdout).toMatch(/three in the morning\/1@host\s+\d+ s\s+healthy/);
    expect(stdout).toContain(`127.0.0.1:${call.from.rtp.local.port} RTP`);
    expect(stdout).toContain(`127.0.0.1:${call.to.rtp.local.port} SRTP`);
    const { calls, total } = JSON.parse((await ctl('list', '--json')).stdout) as {
      calls: { callId: string; parties: { receivedPackets: number; sentPackets: number }[] }[];
      total: number;
    };
    expect(total).toBe(1);
    expect(calls[0]?.callId).toBe(call.callId);
    expect(calls[0]?.parties.map(({ receivedPackets, sentPackets }) => [receivedPackets, sentPackets])).toEqual([
      [20, 30],
      [30, 20],
    ]);
  });

  it('show prints both legs, the suite, the counts, and no key', async () => {
    await talk(5, 5);
    const { code, stdout } = await ctl('show', call.callId);
    expect(code).toBe(0);
    expect(stdout).toContain('verdict  media flows both ways');
    expect(stdout).toMatch(new RegExp(`${SUITE}; last packet \\d+ s ago; received 35, sent 25`));
    expect(stdout).toMatch(/plain; last packet \d+ s ago; received 25, sent 35/);
    expect(stdout).toContain('rollover counter 0');
    const json = (await ctl('show', call.callId, '--json')).stdout;
    expect(JSON.parse(json)).toMatchObject({ verdict: { state: 'healthy' } });
    for (const shown of [stdout, json]) expect(shown).not.toContain(inlineKey(call.to.key!).slice(0, 16));
    const missing = await ctl('show', 'nobody');
    expect(missing).toMatchObject({ code: 5, stderr: 'srtp-anchor ctl: no such call\n' });
  });

  it('stats and top print the totals, top a picture a round', async () => {
    const { stdout } = await ctl('stats');
    expect(stdout).toMatch(/^calls {4}1 now/m);
    expect(stdout).toMatch(/^in .*\b60 packets since start/m);
    expect(stdout).toMatch(/^out .*\b60 packets since start/m);
    expect(stdout).toContain(`${SUITE} (out 25, in 35)`);
    const top = await ctl('top', '--rounds', '2', '--interval', '1');
    expect(top.code).toBe(0);
    expect(top.stdout.match(/^calls {4}1 now/gm)).toHaveLength(2);
    expect(top.stdout.match(/packets\/s/g)).toHaveLength(2);
  });

  it('loglevel changes what is logged from here on', async () => {
    expect((await ctl('loglevel', 'debug')).stdout).toBe('log level is debug, was info\n');
    expect((await ctl('loglevel', 'info')).stdout).toBe('log level is info, was debug\n');
    expect((await ctl('loglevel', 'loud')).code).toBe(2);
  });

  it('terminate ends a call', async () => {
    const other = await AnchoredCall.open(anchor, { from: 'plain', to: 'plain' });
    expect(await ctl('terminate', other.callId)).toMatchObject({ code: 0, stdout: 'ended\n' });
    const left = await other.client.request({ command: 'query', 'call-id': other.callId });
    expect(left.result).toBe('error');
    expect((await ctl('terminate', other.callId)).code).toBe(5);
    await other.close();
  });

  it('drain turns new calls away, lets the present one go on, and ends the relay after it', async () => {
    expect((await ctl('drain')).stdout).toBe('draining: no new calls; 1 in progress\n');
    const client = await openNgClient(anchor);
    const refused = await client.request({
      command: 'offer',
      'call-id': 'late',
      'from-tag': 'a',
      sdp: buildSdp({ port: 4_000 }),
    });
    expect(refused.result).toBe('error');
    expect((await ctl('stats')).stdout).toContain('draining');
    await talk(5, 5);
    await call.delete();
    expect(await anchor.process.exit(10_000)).toEqual({ code: 0, signal: null });
    await client.close();
    expect((await ctl('stats')).code).toBe(4);
  });
});

describe('srtp-anchor explain', () => {
  const key = randomMasterKey(SUITE);
  const good = buildSdp({ port: 4_000, protocol: 'RTP/SAVP', attributes: [cryptoAttribute(7, key)] });

  it('judges a file', async () => {
    const temp = new TempDirectory('explain');
    try {
      writeFileSync(temp.file('offer.sdp'), good);
      const { code, stdout } = await host.run(process.execPath, [BINARY, 'explain', temp.file('offer.sdp')]);
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`tag 7, ${SUITE}: usable.*<- chosen`));
      expect(stdout).toContain('result: the offer would be accepted');
      expect(stdout).not.toContain(inlineKey(key).slice(0, 16));
    } finally {
      temp.remove();
    }
  });

  it('judges standard input, and fails when the offer would be refused', async () => {
    const child = host.spawn('explain', process.execPath, [BINARY, 'explain']);
    child.write(good.replace(/inline:\S+/, 'inline:dG9vIHNob3J0'));
    child.endInput();
    expect(await child.exit(10_000)).toMatchObject({ code: 1 });
    expect(child.stdout).toMatch(/tag 7.*not used/);
    expect(child.stdout).toContain('result: the offer would be refused');
  });
});
