import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { dropsSince, parseMetrics, total } from '../../support/metrics.js';
import { netstring, NetstringReader } from '../../support/netstring.js';
import { readPcap, rtpOf } from '../../support/pcap.js';
import { reorder, seededRandom } from '../../support/random.js';
import { buildBye, buildRtp } from '../../support/rtp.js';
import { normaliseSdp } from '../../support/sdp-normalise.js';
import {
  header,
  headerValues,
  methodOf,
  parseSip,
  printSip,
  statusOf,
  tagOf,
  uriOf,
} from '../../support/sip-message.js';
import { TempDirectory } from '../../support/temp-directory.js';

const directory = new TempDirectory();
afterAll(() => directory.remove());

describe('the reader of captures', () => {
  function frame(payload: Buffer): Buffer {
    const ethernet = Buffer.alloc(14);
    ethernet.writeUInt16BE(0x0800, 12);
    const ip = Buffer.from('450000000000000040110000' + '0a000001' + '0a000002', 'hex');
    const udp = Buffer.alloc(8);
    udp.writeUInt16BE(4_000, 0);
    udp.writeUInt16BE(5_000, 2);
    udp.writeUInt16BE(8 + payload.length, 4);
    const whole = Buffer.concat([ethernet, ip, udp, payload]);
    const head = Buffer.alloc(16);
    head.writeUInt32LE(whole.length, 8);
    head.writeUInt32LE(whole.length, 12);
    return Buffer.concat([head, whole]);
  }

  it('finds UDP datagrams, and RTP among them', () => {
    const file = Buffer.alloc(24);
    file.writeUInt32LE(0xa1b2c3d4, 0);
    file.writeUInt32LE(1, 20);
    const rtp = buildRtp({ sequence: 1, ssrc: 2, payload: Buffer.from('abc') });
    writeFileSync(
      directory.file('a.pcap'),
      Buffer.concat([file, frame(rtp), frame(buildBye(2)), frame(Buffer.from('no'))]),
    );
    const datagrams = readPcap(directory.file('a.pcap'));
    expect(datagrams).toHaveLength(3);
    expect(datagrams[0]).toEqual({
      source: { address: '10.0.0.1', port: 4_000 },
      destination: { address: '10.0.0.2', port: 5_000 },
      payload: rtp,
    });
    expect(rtpOf(datagrams).map(({ rtp: { ssrc } }) => ssrc)).toEqual([2]);
  });

  it('refuses a file that is no capture', () => {
    writeFileSync(directory.file('b.pcap'), Buffer.alloc(100));
    expect(() => readPcap(directory.file('b.pcap'))).toThrow('not a pcap file');
  });
});

describe('the reader of metrics', () => {
  it('adds up samples by label', () => {
    const samples = parseMetrics(
      '# HELP a b\na{reason="auth",port="1"} 2\na{reason="auth",port="2"} 3\na{reason="x\\"y"} 4\nb 1e3\n',
    );
    expect(total(samples, 'a', { reason: 'auth' })).toBe(5);
    expect(total(samples, 'a')).toBe(9);
    expect(total(samples, 'b')).toBe(1_000);
    expect(dropsSince({ auth: 1, short: 2 }, { auth: 3, short: 2, replay: 1 })).toEqual({ auth: 2, replay: 1 });
  });
});

describe('the reader of netstrings', () => {
  it('takes them as they come, whole or in pieces', () => {
    const reader = new NetstringReader();
    const octets = Buffer.from(netstring('first') + netstring('zweiter ü'));
    expect(reader.push(octets.subarray(0, 4))).toEqual([]);
    expect(reader.push(octets.subarray(4, 14))).toEqual(['first']);
    expect(reader.push(octets.subarray(14))).toEqual(['zweiter ü']);
  });
});

describe('the reader of SIP', () => {
  const invite = parseSip(
    'INVITE sip:b@h SIP/2.0\r\nv: SIP/2.0/UDP x\r\nFrom: "A, B" <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nRecord-Route: <sip:p;lr>, <sip:q;lr>\r\nCSeq: 1 INVITE\r\n\r\nbody',
  );

  it('knows compact names, lists, tags and URIs', () => {
    expect(header(invite, 'via')).toBe('SIP/2.0/UDP x');
    expect(headerValues(invite, 'record-route')).toEqual(['<sip:p;lr>', '<sip:q;lr>']);
    expect(tagOf(header(invite, 'from'))).toBe('1');
    expect(tagOf(header(invite, 'to'))).toBe('');
    expect(uriOf(header(invite, 'from'))).toBe('sip:a@h');
    expect([statusOf(invite), methodOf(invite), invite.body]).toEqual([undefined, 'INVITE', 'body']);
    expect(statusOf(parseSip('SIP/2.0 488 No\r\n\r\n'))).toBe(488);
  });

  it('prints a length that fits the body', () => {
    expect(printSip({ start: 'X', headers: [['a', 'b']], body: 'ü' })).toBe(
      'X\r\na: b\r\ncontent-type: application/sdp\r\ncontent-length: 2\r\n\r\nü',
    );
  });
});

describe('normalising SDP', () => {
  it('makes ports, addresses, keys and versions equal and nothing else', () => {
    const lines = [
      'o=x 1 2 IN IP4 10.0.0.1',
      'm=audio 30000 RTP/SAVP 0',
      'a=rtcp:30001',
      'a=crypto:1 S inline:AbC=',
      'm=video 0 RTP/AVP 9',
      'm=audio 40 RTP/AVP 0',
      'a=rtcp:40',
    ];
    expect(normaliseSdp(lines.join('\r\n'), '10.0.0.1')).toEqual([
      'o=x ID VERSION IN IP4 ANCHOR',
      'm=audio PORT1 RTP/SAVP 0',
      'a=rtcp:RTCP1',
      'a=crypto:1 S inline:KEY',
      'm=video 0 RTP/AVP 9',
      'm=audio PORT3 RTP/AVP 0',
      'a=rtcp:PORT3',
    ]);
  });
});

describe('seeded disorder', () => {
  it('is the same each time and moves nothing further than it may', () => {
    const items = Array.from({ length: 500 }, (_, i) => i);
    const shuffled = reorder(items, 16, seededRandom(7));
    expect(shuffled).toEqual(reorder(items, 16, seededRandom(7)));
    expect(shuffled).not.toEqual(items);
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(items);
    expect(Math.max(...shuffled.map((item, at) => Math.abs(item - at)))).toBeLessThanOrEqual(16);
  });
});
