import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCommand, commandName, type NgCommand } from '../../../src/control/ng-command.js';
import { decodePayload, splitFrame } from '../../../src/control/ng-message.js';
import { readOptions } from '../../../src/control/read-options.js';
import { err, ok } from '../../../src/shared/result.js';

interface Vectors {
  readonly client: string;
  readonly datagrams: readonly { readonly title: string; readonly datagram: string }[];
}

/** The command of a datagram with what was noted on the way, or the code of the error. */
function read(datagram: string) {
  const frame = splitFrame(Buffer.from(datagram, 'latin1'))!;
  const message = decodePayload(frame.payload);
  if (!message.ok) return err(message.error.code);
  const name = commandName(message.value);
  if (!name.ok) return err(name.error.code);
  const draft = readOptions(message.value);
  const command = buildCommand(name.value, draft);
  if (!command.ok) return err(command.error.code);
  return ok({ command: command.value, warnings: draft.warnings.length, unknown: draft.unknown });
}

const offer = (request: object, rest: object = {}) => ({ command: { kind: 'offer', request }, unknown: [], ...rest });
const answer = (request: object) => ({ command: { kind: 'answer', request }, unknown: [] });
const block = (request: object) => ({ command: { kind: 'block', request, selector: null }, unknown: [] });
const REPLACE = new Set(['origin']);

/** Of each captured or documented datagram, what the relay must understand; a string is the code of an error. */
const EXPECTED: Readonly<Record<string, Readonly<Record<string, object | string>>>> = {
  'kamailio-5.6': {
    'ping before a node is used': { command: { kind: 'ping' } },
    'offer of an INVITE': {
      command: {
        kind: 'offer',
        loadLimit: true,
        request: {
          callId: 'call-plain@127.0.0.1',
          fromTag: 'a-plain',
          toTag: null,
          viaBranch: null,
          options: { replace: REPLACE, receivedFrom: { family: 'IP4', address: '127.0.0.1' }, sipSourceAddress: false },
        },
      },
      warnings: 0,
      unknown: [],
    },
    'rtpengine_manage on a 200 of a request that was offered without manage: an offer with the tags swapped': offer({
      fromTag: 'bob',
      toTag: 'a-plain',
      viaBranch: 'z9hG4bK-plain-1-INVITE',
    }),
    'offer towards a secure trunk': offer(
      {
        viaBranch: 'z9hG4bK-secure-1-INVITE',
        options: {
          transportProtocol: 'RTP/SAVP',
          iceRemove: true,
          rtcpMux: new Set(['demux']),
          sdes: { pad: true, excluded: new Set(['AES_192_CM_HMAC_SHA1_80']) },
        },
      },
      { warnings: 0 },
    ),
    'answer of a 183, via-branch from the second Via': answer({ fromTag: 'a-secure', toTag: 'bob' }),
    'every kind of flag at once': offer(
      {
        options: {
          // The key stands there twice; the first one counts, as in the incumbent.
          transportProtocol: 'RTP/AVP',
          receivedFrom: { address: '192.0.2.55' },
          mediaAddress: { family: 'IP4', address: '192.0.2.77' },
          trafficClass: 184,
          deleteDelaySeconds: 5,
          label: 'caller',
          metadata: 'abc',
          addressFamily: 'IP4',
          fromInterface: 'priv',
          toInterface: 'pub',
          strictSource: true,
          mediaHandover: true,
          asymmetric: true,
          sipSourceAddress: true,
          loopProtect: true,
          generateMid: true,
          osrtp: { offer: false, accept: true },
          replace: new Set(['origin', 'session-name', 'sdp-version']),
          rtcpMux: new Set(['offer', 'require']),
          sdes: { off: true, order: ['AEAD_AES_256_GCM', 'AES_CM_128_HMAC_SHA1_80'] },
          codecStrip: ['PCMU'],
        },
      },
      // ICE=force, T.38=decode, record-call, codec-transcode, codec-mask
      { warnings: 5, unknown: ['some-future-flag', 'some-future-key'] },
    ),
    'rtpengine_manage on a 200: answer': answer({ fromTag: 'a-manage', toTag: 'bob' }),
    'late offer: the body of the 200': offer({ fromTag: 'bob', toTag: 'a-late' }),
    'answer of an ACK': answer({ fromTag: 'bob', toTag: 'a-plain' }),
    query: { command: { kind: 'query', request: { fromTag: 'a-plain', toTag: 'bob' } } },
    'delete of one branch': {
      command: { kind: 'delete', fast: false, request: { fromTag: 'a-plain', viaBranch: 'z9hG4bK-plain-1-BYE' } },
    },
    'delete by to-tag, at once, fast': {
      command: { kind: 'delete', fast: true, request: { fromTag: 'a-plain', toTag: 'bob', deleteDelaySeconds: 0 } },
    },
    delete: { command: { kind: 'delete', fast: false, fatal: false, request: { toTag: null, viaBranch: null } } },
    'block_media()': block({ fromTag: null, what: 'media', blocked: true }),
    'block_media("directional")': block({ fromTag: 'a-plain', what: 'media', blocked: true }),
    'unblock_media("all")': block({ fromTag: null, what: 'media', blocked: false }),
    'block_dtmf()': block({ fromTag: null, what: 'dtmf', blocked: true }),
    'unblock_dtmf()': block({ fromTag: null, what: 'dtmf', blocked: false }),
    'start_recording()': 'unsupported-command',
    'play_dtmf()': 'unsupported-command',
    'silence_media()': 'unsupported-command',
    'play_media()': 'unsupported-command',
  },
  'kamailio-6': {
    'ping by timer': { command: { kind: 'ping' } },
    'offer with all flags in one string': offer({
      viaBranch: 'z9hG4bK6.0',
      options: {
        transportProtocol: 'RTP/SAVP',
        strictSource: true,
        label: 'callee',
        addressFamily: 'IP4',
        osrtp: { accept: true },
        sdes: { off: true },
        replace: REPLACE,
      },
    }),
    'answer with lists in brackets': answer({
      toTag: 'b6',
      options: { codecStrip: ['EVS'], fromInterface: 'priv', toInterface: 'pub', osrtp: { accept: true } },
    }),
  },
  'opensips-3': {
    'offer of 3.2.3, whose final e is missing': offer({
      callId: 'op1',
      options: { iceRemove: true, replace: REPLACE },
    }),
    'offer with SDES and transcoding in flags': offer(
      {
        viaBranch: 'z9hG4bKop',
        options: {
          transportProtocol: 'RTP/SAVP',
          codecStrip: ['PCMA'],
          rtcpMux: new Set(['demux']),
          sdes: { pad: true, excluded: new Set(['AES_256_CM_HMAC_SHA1_80']) },
        },
      },
      { warnings: 1 },
    ),
    'offer with interfaces and a list in brackets': offer({
      options: {
        fromInterface: 'internal',
        toInterface: 'external',
        codecStrip: ['PCMA', 'PCMU'],
        receivedFrom: { family: 'IP6', address: '2001:db8::2' },
      },
    }),
    answer: answer({ fromTag: 'x', toTag: 'y' }),
    'delete without a from-tag': { command: { kind: 'delete', request: { callId: 'op2', fromTag: null } } },
    'query for statistics': { command: { kind: 'query' } },
  },
  'rtpengine-client': {
    ping: { command: { kind: 'ping' } },
    statistics: { command: { kind: 'statistics' } },
    offer: offer({
      options: { transportProtocol: 'RTP/SAVP', mediaHandover: true, fromInterface: 'private', replace: REPLACE },
    }),
    answer: answer({ toTag: 't', options: { transportProtocol: 'RTP/AVP' } }),
    'block DTMF of one side': block({ fromTag: 'f', what: 'dtmf', blocked: true }),
    delete: { command: { kind: 'delete', request: { fromTag: 'f' } } },
  },
};

describe.each(Object.keys(EXPECTED))('datagrams of %s', (file) => {
  let vectors: Vectors;
  beforeAll(async () => {
    const url = new URL(`../../vectors/ng/${file}.json`, import.meta.url);
    vectors = JSON.parse(await readFile(url, 'utf8')) as Vectors;
  });

  it('are understood', () => {
    const expected = EXPECTED[file]!;
    expect(vectors.datagrams.map(({ title }) => title).sort()).toEqual(Object.keys(expected).sort());
    for (const { title, datagram } of vectors.datagrams) {
      const wanted = expected[title]!;
      const outcome = read(datagram);
      if (typeof wanted === 'string') expect(outcome, title).toEqual(err(wanted));
      else expect(outcome, title).toMatchObject({ ok: true, value: wanted });
    }
  });

  it('keep their bodies octet for octet', () => {
    for (const { title, datagram } of vectors.datagrams) {
      const outcome = read(datagram);
      const command: NgCommand | null = outcome.ok ? outcome.value.command : null;
      if (command?.kind !== 'offer' && command?.kind !== 'answer') continue;
      expect(command.request.sdp, title).toMatch(/^v=0\r\n[^]*\r\n$/);
      expect(datagram, title).toContain(`${command.request.sdp.length}:${command.request.sdp}`);
    }
  });
});
