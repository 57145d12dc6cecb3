import { describe, expect, it } from 'vitest';
import { httpRequest } from '../support/metrics.js';
import type { AnchoredCall } from '../support/anchored-call.js';
import { encodeBencode } from '../support/bencode.js';
import { readReply, type NgReply } from '../support/ng-client.js';
import { phoneBody, sharedRelay } from '../support/shared-relay.js';
import { RtpStream } from '../support/stream.js';
import { sleep } from '../support/wait.js';

/* Bodies and messages that cost the careless much time: answered or refused within 50 ms, while calls go on. */
const relay = sharedRelay();
const MOST_MILLISECONDS = 50;
const TIMES = 7;

const manyLines = (count: number): string =>
  phoneBody().replace(/m=audio.*\r\n/, '') +
  Array.from({ length: count }, (_, at) => `m=audio ${40_000 + 2 * at} RTP/AVP 0\r\n`).join('');

interface Heavy {
  readonly title: string;
  readonly sdp: string;
  /** What the reply to an offer of it says: `ok` or the beginning of the error. */
  readonly expected: RegExp;
}

const TOO_LONG = /^Failed to parse SDP: the body has \d{7} characters; expected at most 524288/;
const NUL = /^Failed to parse SDP: line \d: the line holds a NUL octet/;

const HEAVY: readonly Heavy[] = [
  {
    title: 'a body of 1 MB',
    sdp: phoneBody({ lines: Array<string>(50_000).fill(`a=x:${'y'.repeat(17)}`) }),
    expected: TOO_LONG,
  },
  {
    title: 'a body of 1 MB in one line',
    sdp: phoneBody({ lines: [`a=x:${'y'.repeat(1_000_000)}`] }),
    expected: TOO_LONG,
  },
  {
    title: 'a body of 1 MB of keys',
    sdp: phoneBody({
      protocol: 'RTP/SAVP',
      lines: Array<string>(14_000).fill(`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${'A'.repeat(40)}`),
    }),
    expected: TOO_LONG,
  },
  { title: 'a body with NUL octets', sdp: phoneBody({ name: 'a\0b' }), expected: NUL },
  { title: 'a body of NUL octets', sdp: '\0'.repeat(60_000), expected: NUL },
  { title: 'a body with LF alone', sdp: phoneBody().replaceAll('\r\n', '\n'), expected: /^ok/ },
  { title: 'a body without a final newline', sdp: phoneBody().trimEnd(), expected: /^ok/ },
  {
    title: 'a body with 200 m-lines',
    sdp: manyLines(200),
    expected: /^Failed to parse SDP: 200 m= lines to relay; at most 64/,
  },
  { title: 'a body with 60 m-lines', sdp: manyLines(60), expected: /^ok/ },
];

/** A packet each 5 ms from either end until told to stop; answers with how many were sent. */
function talk(call: AnchoredCall): { stop(): Promise<number> } {
  const [a, b] = [new RtpStream({ ssrc: 1 }), new RtpStream({ ssrc: 2 })];
  let going = true;
  let sent = 0;
  const ended = (async () => {
    for (; going && sent < 20_000; sent += 1) {
      await call.sendRtp(call.from, a.packet());
      await call.sendRtp(call.to, b.packet());
      await sleep(5);
    }
  })();
  return {
    stop: async () => {
      going = false;
      await ended;
      return sent;
    },
  };
}

const outcome = ({ result, errorReason }: NgReply): string => errorReason ?? result;

/** Milliseconds, median of several tries, and what was said last. */
async function timed(ask: (at: number) => Promise<string>): Promise<{ median: number; said: string }> {
  const durations: number[] = [];
  let said = '';
  for (let at = 0; at < TIMES; at += 1) {
    const started = performance.now();
    said = await ask(at);
    durations.push(performance.now() - started);
  }
  return { median: durations.sort((one, other) => one - other)[TIMES >> 1]!, said };
}

type Transport = (message: Buffer, at: number) => Promise<NgReply>;

const overUdp: Transport = async (message, at) => {
  const cookie = `${message.length}-${at}`;
  const reply = await relay.client.exchange(Buffer.concat([Buffer.from(`${cookie} `), message]), cookie, 2_000);
  return readReply(reply ?? Buffer.from('de'));
};

/** More than a datagram holds. */
const overHttp: Transport = async (message) => {
  const { status, body } = await httpRequest(relay.anchor, '/ng-plain', 'POST', message.toString('latin1'));
  if (status !== 200) throw new Error(`HTTP ${status}: ${body}`);
  return readReply(Buffer.from(body));
};

/** What the message costs beyond what a ping costs on the same way, with the call's packets all arriving. */
async function whileTalking(messages: readonly Buffer[], expected: RegExp): Promise<void> {
  const transport = messages[0]!.length < 60_000 ? overUdp : overHttp;
  const call = await relay.connect('AES_CM_128_HMAC_SHA1_80', 'plain');
  const talking = talk(call);
  const ping = await timed(async (at) => outcome(await transport(Buffer.from('d7:command4:pinge'), at)));
  const heavy = await timed(async (at) => outcome(await transport(messages[at]!, at)));
  const sent = await talking.stop();
  expect(ping.said).toBe('pong');
  expect(heavy.said).toMatch(expected);
  expect(heavy.median - ping.median, 'milliseconds').toBeLessThan(MOST_MILLISECONDS);
  await call.to.rtp.waitForPackets(sent);
  await call.from.rtp.waitForPackets(sent);
}

const tries = Array.from({ length: TIMES }, (_, at) => at);

describe('while a call goes on and loses nothing', () => {
  it.each(HEAVY)('$title is answered or refused within 50 ms', async ({ title, sdp, expected }) => {
    const offers = tries.map((at) =>
      encodeBencode({ command: 'offer', 'call-id': `${title} ${at}`, 'from-tag': 'a', sdp }),
    );
    await whileTalking(offers, expected);
  });

  it.each([
    ['lists', `d7:command4:ping1:a${'l'.repeat(10_000)}`],
    ['dictionaries', 'd1:a'.repeat(10_000)],
  ])('%s nested 10,000 deep are refused within 50 ms', async (_title, message) => {
    await whileTalking(
      tries.map(() => Buffer.from(message)),
      /^Could not decode bencode dictionary: deeper than 32 levels/,
    );
  });
});
