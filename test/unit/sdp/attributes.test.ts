import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { directionOf, findDirection, printDirection } from '../../../src/sdp/attributes/direction.js';
import { hasFingerprint, isDtls } from '../../../src/sdp/attributes/fingerprint.js';
import { isIce } from '../../../src/sdp/attributes/ice.js';
import { findMid, printMid } from '../../../src/sdp/attributes/mid.js';
import { parseRtcp, printRtcp } from '../../../src/sdp/attributes/rtcp.js';
import { findRtcpMux, isRtcpMux, printRtcpMux } from '../../../src/sdp/attributes/rtcp-mux.js';
import {
  parseRtpmap,
  payloadMap,
  printRtpmap,
  telephoneEventPayloadTypes,
} from '../../../src/sdp/attributes/rtpmap.js';
import { parseOrigin, printOrigin } from '../../../src/sdp/origin.js';
import { attributeLine, attributeValue, sdpLine } from '../../../src/sdp/session-description.js';
import { parse } from './support.js';

const line = (text: string) => sdpLine('a', text, 1);

describe('the name of an attribute', () => {
  it.each([
    ['crypto:1 x', 'crypto', '1 x'],
    ['crypto 1 x', 'crypto', '1 x'],
    [' CRYPTO : 1 x', 'crypto', ' 1 x'],
    ['sendrecv', 'sendrecv', ''],
    ['\tk:v:w', 'k', 'v:w'],
    [':x', '', 'x'],
    ['', '', ''],
  ])('of %j is %j, its value %j', (text, name, value) => {
    expect(line(text).attribute).toBe(name);
    expect(attributeValue(line(text))).toBe(value);
  });

  it('belongs to a= lines only', () => {
    expect(sdpLine('s', 'crypto:1').attribute).toBeNull();
    expect(attributeLine('x', 'y')).toMatchObject({ value: 'x:y', attribute: 'x', number: 0 });
  });
});

describe('a=rtcp (RFC 3605 §2.1)', () => {
  it('reads the two examples of the RFC', () => {
    expect(parseRtcp(line('rtcp:53020'))).toEqual({ port: 53_020, address: null });
    expect(parseRtcp(line('rtcp:53020 IN IP4 126.16.64.4'))).toEqual({
      port: 53_020,
      address: { family: 'IP4', address: '126.16.64.4' },
    });
    expect(parseRtcp(line('rtcp:53020 IN IP6 2001:2345:6789:ABCD:EF01:2345:6789:ABCD'))?.address?.family).toBe('IP6');
  });

  it.each([
    'rtcp',
    'rtcp:',
    'rtcp:x',
    'rtcp:65536',
    'rtcp:1 IN',
    'rtcp:1 IN IP4',
    'rtcp:1 IN IP4 host',
    'rtcp:1 IN IP4 ::1',
    'rtcp:1 IN IP4 192.0.2.1 x',
    'rtcp:-1',
  ])('gives up on %s', (text) => {
    expect(parseRtcp(line(text))).toBeNull();
  });

  it('reads what it printed', () => {
    const address = fc.option(
      fc.ipV4().map((text) => ({ family: 'IP4' as const, address: text })),
      { nil: null },
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 65_535 }), address, (port, where) => {
        expect(parseRtcp(printRtcp({ port, address: where }))).toEqual({ port, address: where });
      }),
    );
  });
});

describe('a=rtpmap', () => {
  it('reads what it printed', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9-]{1,20}$/);
    const map = fc.record({
      payloadType: fc.integer({ min: 0, max: 127 }),
      encodingName: name,
      clockRate: fc.integer({ min: 1, max: 999_999_999 }),
      parameters: fc.option(fc.constantFrom('1', '2', '6'), { nil: null }),
    });
    fc.assert(
      fc.property(map, (rtpmap) => {
        expect(parseRtpmap(printRtpmap(rtpmap))).toEqual(rtpmap);
      }),
    );
  });

  it.each([
    'rtpmap:128 x/8000',
    'rtpmap:0',
    'rtpmap:x PCMU/8000',
    'rtpmap:0 PCMU',
    'rtpmap:0 PCMU/x',
    'rtpmap:0 PCMU/8000 x',
  ])('gives up on %s', (text) => {
    expect(parseRtpmap(line(text))).toBeNull();
  });

  const media = parse(
    'v=0\r\nm=audio 1 RTP/AVP 0 101 96 200 100\r\na=rtpmap:101 Telephone-Event/8000\r\na=rtpmap:101 opus/48000\r\na=rtpmap:100 telephone-event/48000\r\na=rtpmap:99 telephone-event/16000\r\na=rtpmap:0 PCMA/8000\r\n',
  ).media[0]!;

  it('names the telephone events that the m= line lists, the first mapping of a payload type counting', () => {
    expect(telephoneEventPayloadTypes(media)).toEqual([101, 100]);
  });

  it('knows the static payload types unless the body maps them', () => {
    expect(payloadMap(media).get(0)?.encodingName).toBe('PCMA');
    expect(payloadMap(parse('v=0\r\nm=audio 1 RTP/AVP 8 9 18 77\r\n').media[0]!)).toEqual(
      new Map([
        [8, { payloadType: 8, encodingName: 'PCMA', clockRate: 8000, parameters: null }],
        [9, { payloadType: 9, encodingName: 'G722', clockRate: 8000, parameters: null }],
        [18, { payloadType: 18, encodingName: 'G729', clockRate: 8000, parameters: null }],
      ]),
    );
  });
});

describe('small attributes', () => {
  it('finds the last direction, and prints each as it reads it', () => {
    expect(findDirection([line('sendonly'), line('x'), line('inactive')])).toBe('inactive');
    expect(findDirection([line('x')])).toBeNull();
    for (const direction of ['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const)
      expect(directionOf(printDirection(direction))).toBe(direction);
  });

  it('tells rtcp-mux from rtcp-mux-only', () => {
    expect(findRtcpMux([line('rtcp:1')])).toBe('none');
    expect(findRtcpMux([printRtcpMux()])).toBe('mux');
    expect(findRtcpMux([line('rtcp-mux'), line('rtcp-mux-only')])).toBe('only');
    expect(isRtcpMux(line('rtcp-mux-only'))).toBe(true);
    expect(isRtcpMux(line('rtcp'))).toBe(false);
  });

  it('finds the mid', () => {
    expect(findMid([printMid('audio')])).toBe('audio');
    expect(findMid([])).toBeNull();
  });

  it('knows what belongs to ICE and what to DTLS', () => {
    for (const text of [
      'candidate:1 1 UDP 1 192.0.2.1 5 typ host',
      'ice-ufrag:x',
      'ice-lite',
      'end-of-candidates',
      'altc:1 IP4 192.0.2.1 5',
    ])
      expect(isIce(line(text))).toBe(true);
    for (const text of ['fingerprint:sha-256 AB', 'setup:active', 'tls-id:x', 'connection:new'])
      expect(isDtls(line(text))).toBe(true);
    expect(isIce(line('iced:tea'))).toBe(false);
    expect(isDtls(sdpLine('s', 'setup'))).toBe(false);
    expect(hasFingerprint([line('fingerprint:sha-1 00')])).toBe(true);
  });
});

describe('o=', () => {
  it.each([
    '- 1 2 IN IP4 192.0.2.1',
    'Sonus UAC 1 2 IN IP4 192.0.2.1',
    'a 18446744073709551616 99999999999999999999 IN IP6 ::1',
  ])('reads and prints %s alike', (text) => {
    expect(printOrigin(parseOrigin(sdpLine('o', text))!).value).toBe(text);
  });

  it.each(['', '-', '1 2 IN IP4 192.0.2.1', '- 1 x IN IP4 192.0.2.1', '- 1 -2 IN IP4 192.0.2.1'])(
    'leaves %j alone',
    (text) => {
      expect(parseOrigin(sdpLine('o', text))).toBeNull();
    },
  );
});
