import { execFileSync, spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DescriptorSink } from '../../../src/log/log-sink.js';
import { LimitedLog } from '../../../src/log/limited-log.js';
import { createLogger, type LogFields, type RootLogger } from '../../../src/log/logger.js';
import { redactText } from '../../../src/log/redact.js';
import { textLine } from '../../../src/log/text-line.js';
import { CRYPTO_SUITES } from '../../../src/srtp/crypto-suite.js';
import { MasterKey } from '../../../src/srtp/master-key.js';
import { TempDirectory } from '../../support/temp-directory.js';

function capture(level: 'trace' | 'info' = 'trace'): {
  logger: RootLogger;
  lines: () => Record<string, unknown>[];
  text: () => string;
} {
  const written: string[] = [];
  const logger = createLogger({ write: (line) => void written.push(line) }, level);
  return {
    logger,
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
    text: () => written.join(''),
  };
}

describe('a log line', () => {
  it('is one JSON object with the event, its time, its level and plain fields', () => {
    const { logger, lines, text } = capture();
    logger.info('call-opened', { callId: 'a@b\nc', parties: 2, secure: true, suites: ['X', 'Y'], label: null });
    expect(text().match(/\n/g)).toHaveLength(1);
    expect(lines()[0]).toMatchObject({
      level: 'info',
      event: 'call-opened',
      callId: 'a@b\nc',
      parties: 2,
      secure: true,
      suites: ['X', 'Y'],
      label: null,
    });
    expect(String(lines()[0]?.['time'])).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('carries the fields of the logger it was written with', () => {
    const { logger, lines } = capture();
    logger.with({ callId: 'x' }).with({ leg: 1 }).warn('odd');
    expect(lines()[0]).toMatchObject({ callId: 'x', leg: 1, event: 'odd' });
  });

  it('is written from the level on that is set, by derived loggers too, and the level can change', () => {
    const { logger, lines } = capture('info');
    const derived = logger.with({ callId: 'x' });
    derived.debug('no');
    logger.setLevel('debug');
    derived.debug('yes');
    expect(lines().map(({ event }) => event)).toEqual(['yes']);
    expect([logger.level, derived.isEnabled('trace')]).toEqual(['debug', false]);
  });

  it('cuts a text that is too long', () => {
    const { logger, text } = capture();
    logger.info('long', { value: '-'.repeat(100_000) });
    expect(text().length).toBeLessThan(5_000);
  });
});

describe('keys', () => {
  it('of every suite are masked wherever a text holds them, padded or not', () => {
    for (const suite of CRYPTO_SUITES) {
      const key = MasterKey.generate(suite);
      const base64 = Buffer.from(key.expose()).toString('base64');
      const bare = base64.replace(/=+$/, '');
      const { logger, text } = capture();
      logger.error(`bad a=crypto:1 ${suite.name} inline:${base64}|2^31|1:4`, {
        line: `a=crypto:1 ${suite.name} inline:${base64}|2^31`,
        several: `inline:${bare}|1:4;inline:${bare}|2:4`,
        loose: `the key ${bare} was refused`,
        list: [base64, `x${suite.name}`],
        callId: `inline:${bare}`,
      });
      logger.with({ sdp: `v=0\r\na=crypto:1 ${suite.name} INLINE: ${bare}\r\n` }).info('x');
      expect(text()).not.toContain(bare);
      expect(text()).toContain('[redacted]');
      expect(text()).toContain(suite.name);
    }
  });

  it('given as objects past the compiler are not printed either', () => {
    const { logger, text } = capture();
    const key = MasterKey.generate(CRYPTO_SUITES[0]!);
    logger.info('x', { key, raw: key.expose(), nested: [[1, 2]] } as unknown as LogFields);
    expect(text()).toContain('[not a plain value]');
    expect(text()).not.toMatch(/"\d+":\d+/);
  });

  it('in the old k= line are masked', () => {
    expect(redactText('c=IN IP4 x\r\nk=clear:secret\r\na=x')).toBe('c=IN IP4 x\r\nk=[redacted]\r\na=x');
  });

  it('are not seen in ordinary call-ids, digests and addresses', () => {
    for (const text of [
      '3848276298220188511@atlanta.example.com',
      'd41d8cd98f00b204e9800998ecf8427ed41d8cd98f00b204e9800998ecf8427e',
      '2001:db8:85a3::8a2e:370:7334',
      '/usr/lib/x/y/z',
    ]) {
      expect(redactText(text)).toBe(text);
    }
  });
});

describe('a limited log', () => {
  it('lets so many lines through an interval and says how many it left out', () => {
    const { logger, lines } = capture();
    let now = 0;
    const limited = new LimitedLog(
      logger,
      { monotonicMilliseconds: () => now, wallMilliseconds: () => now },
      { lines: 2, intervalMilliseconds: 1_000 },
    );
    for (let index = 0; index < 50; index++) limited.log('warn', 'garbage', { index });
    limited.log('warn', 'other');
    now = 1_000;
    limited.log('warn', 'garbage', { index: 50 });
    expect(lines().map(({ event, index, suppressed }) => [event, index, suppressed])).toEqual([
      ['garbage', 0, undefined],
      ['garbage', 1, undefined],
      ['other', undefined, undefined],
      ['garbage', 50, 48],
    ]);
  });

  it('stays small when a caller puts data into the event name', () => {
    const { logger, lines } = capture();
    const limited = new LimitedLog(
      logger,
      { monotonicMilliseconds: () => 0, wallMilliseconds: () => 0 },
      { lines: 1, intervalMilliseconds: 1_000 },
    );
    for (let index = 0; index < 5_000; index++) limited.log('warn', `event ${index}`);
    expect(lines().length).toBeLessThan(300);
  });
});

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

describe('the sink', () => {
  it('writes JSON or text for people, and has written everything after flush', async () => {
    const path = new TempDirectory('anchor-log').file('log');
    const sink = new DescriptorSink(openSync(path, 'w'), 'text');
    createLogger(sink, 'info').info('call-opened', { callId: 'a b', parties: 2 });
    await sink.flush();
    expect(readFileSync(path, 'utf8')).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}call-opened callId="a b" parties=2\n$/);
  });

  it('has written all of many lines after flush, also those that came while it wrote', async () => {
    const path = new TempDirectory('anchor-log').file('log');
    const sink = new DescriptorSink(openSync(path, 'w'), 'json');
    for (let round = 1; round <= 20; round++) {
      for (let line = 0; line < 50; line++) sink.write(`${'-'.repeat(999)}\n`);
      await sink.flush(5_000);
      expect(readFileSync(path).length).toBe(round * 50_000);
    }
  });

  it('gives up a flush at once when the reader is gone, and after its patience when none reads', async () => {
    const full = new DescriptorSink(openSync('/dev/full', 'w'), 'json');
    full.write('x\n');
    await expect(timed(() => full.flush(10_000))).resolves.toBeLessThan(5_000);
    const fifo = new TempDirectory('anchor-log').file('fifo');
    execFileSync('mkfifo', [fifo]);
    const unread = new DescriptorSink(openSync(fifo, 'r+'), 'json');
    unread.write('-'.repeat(100_000));
    await expect(timed(() => unread.flush(100))).resolves.toBeGreaterThanOrEqual(95);
    const reader = spawn('cat', [fifo], { stdio: 'ignore' });
    await unread.flush(5_000);
    reader.kill();
  });

  it('does not stop the event loop when nobody reads, and counts what it drops', async () => {
    const fifo = new TempDirectory('anchor-log').file('fifo');
    execFileSync('mkfifo', [fifo]);
    const sink = new DescriptorSink(openSync(fifo, 'r+'), 'json');
    const logger = createLogger(sink, 'info');
    const started = performance.now();
    for (let turn = 0; turn < 20; turn++) {
      for (let line = 0; line < 300; line++) logger.info('noise', { text: '-'.repeat(2_000) });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(sink.dropped).toBeGreaterThan(1_000);
    // A reader lets the thread that waits in write() go, so that the process can end.
    const reader = spawn('cat', [fifo], { stdio: 'ignore' });
    await sink.flush(5_000);
    reader.kill();
  }, 20_000);
});

describe('a line for people', () => {
  it('quotes what has spaces', () => {
    expect(textLine('{"time":"2026-01-02T03:04:05.678Z","level":"warn","event":"x","a":"b c","n":[1]}')).toBe(
      '03:04:05.678 WARN  x a="b c" n=[1]\n',
    );
  });
});
