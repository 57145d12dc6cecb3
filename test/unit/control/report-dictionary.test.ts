import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { ControlStatistics } from '../../../src/control/control-statistics.js';
import { encodeReply, toDictionary } from '../../../src/control/ng-reply.js';
import { callDictionary } from '../../../src/control/report-dictionary.js';
import { statisticsDictionary } from '../../../src/control/statistics-dictionary.js';
import { tag } from '../../../src/shared/brand.js';
import type { CallReport, QualitySample, SsrcReport } from '../../../src/session/reports.js';
import { callReport, FakeSessionService, partyReport, streamReport } from './fake-session-service.js';
import { plain } from './support.js';

type Tree = Record<string, unknown>;
interface Incumbent {
  readonly query: Tree & { tags: Record<string, { medias: { streams: Tree[] }[] }> };
  readonly statistics: Record<'currentstatistics' | 'totalstatistics', Tree> & {
    controlstatistics: Tree & { proxies: Tree[] };
  };
}

let incumbent: Incumbent;
beforeAll(async () => {
  const url = new URL('../../vectors/ng/rtpengine-10.5-replies.json', import.meta.url);
  incumbent = JSON.parse(await readFile(url, 'utf8')) as Incumbent;
});

const sample: QualitySample = { mos: 41, jitter: 7.4, packetLoss: 3, roundTripTime: 12.5, samples: 4, reportedAt: 65 };
const ssrc: SsrcReport = {
  ssrc: 4_294_967_295,
  packets: 100,
  bytes: 17_200,
  lost: 2,
  reordered: 1,
  duplicates: 0,
  average: sample,
  lowest: { ...sample, mos: 31 },
  highest: null,
  rolloverCounter: 1,
};

function wholeReport(): CallReport {
  const caller = { ...partyReport('b', [streamReport(), streamReport({ component: 'rtcp' })]), label: 'L' };
  const branch = { ...partyReport(null, [streamReport({ endpoint: null, lastPacket: null })]), viaBranch: 'z9' };
  const parties = [{ ...caller, inDialogueWith: tag('c') }, branch, partyReport(null)];
  return { ...callReport('a', parties), ssrcs: [ssrc], metadata: 'k:v' };
}

const queried = () => plain(callDictionary(wholeReport())) as Tree & { tags: Record<string, Tree> };

/** Names with the type of their values; what is nested counts as its kind only. */
function shape(tree: Tree): Record<string, string> {
  const kind = (value: unknown) => (Array.isArray(value) ? 'list' : typeof value);
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, kind(value)]));
}

function without(types: Record<string, string>, ...names: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(types).filter(([name]) => !names.includes(name)));
}

describe('the report of a call', () => {
  it('has every name of the incumbent, with the same types', () => {
    const ours = queried();
    expect(shape(ours)).toMatchObject(without(shape(incumbent.query), 'result'));
    const party = incumbent.query.tags['b'] as unknown as Tree;
    expect(shape(ours.tags['b']!)).toMatchObject(shape(party));
    const [media] = incumbent.query.tags['b']!.medias;
    const [ourMedia] = ours.tags['b']!['medias'] as [Tree & { streams: Tree[] }];
    expect(shape(ourMedia)).toMatchObject(without(shape(media as unknown as Tree), 'codec'));
    expect(shape(ourMedia.streams[0]!)).toMatchObject(shape(media!.streams[0]!));
  });

  it('gives the quality of each SSRC under the names that Kamailio reads, times as Unix seconds', () => {
    const quality = { MOS: 41, jitter: 7, 'packet loss': 3, 'round-trip time': 13, samples: 4 };
    expect(queried()['SSRC']).toEqual({
      '4294967295': {
        packets: 100,
        bytes: 17_200,
        'cumulative loss': 2,
        reordered: 1,
        duplicates: 0,
        'rollover counter': 1,
        'average MOS': { ...quality, 'reported at': 1_700_000_065 },
        'lowest MOS': { ...quality, MOS: 31, 'reported at': 1_700_000_065 },
      },
    });
  });

  it('splits the time of creation, and gives parties without a tag a key each', () => {
    const report = queried();
    expect(report).toMatchObject({ created: 1_700_000_000, created_us: 250_000, 'last signal': 1_700_000_010 });
    expect(Object.keys(report.tags)).toEqual(['b', '<untagged 1>', '<untagged 2>']);
    expect(report.tags['<untagged 1>']).toMatchObject({ tag: '', 'via-branch': 'z9' });
  });

  it('marks streams as the incumbent does, and leaves out what is not known', () => {
    const [media] = queried().tags['b']!['medias'] as [{ streams: Tree[] }];
    expect(media.streams[0]).toMatchObject({
      flags: ['RTP', 'filled', 'confirmed'],
      'crypto suite': 'AES_CM_128_HMAC_SHA1_80',
      endpoint: { family: 'IPv4', address: '192.0.2.7', port: 6000 },
      SSRC: 9,
    });
    expect(media.streams[1]).toMatchObject({ flags: ['RTCP', 'filled', 'confirmed'] });
    const [branch] = queried().tags['<untagged 1>']!['medias'] as [{ streams: Tree[] }];
    expect(branch.streams[0]).toMatchObject({ endpoint: {} });
    expect(branch.streams[0]).not.toHaveProperty('last packet');
    expect(branch.streams[0]).not.toHaveProperty('drops');
  });

  it('is shortened step by step until it fits, and always keeps the totals', () => {
    const parties = Array.from({ length: 300 }, (_, index) => partyReport(`tag-${index}`));
    const report = {
      ...callReport('a', parties),
      ssrcs: Array.from({ length: 500 }, (_, n) => ({ ...ssrc, ssrc: n })),
    };
    const whole = encodeReply({ kind: 'report', report }, 'bencode', Infinity)!.length;
    for (const room of [whole - 1, 100_000, 65_507, 20_000, 2_000, 400]) {
      const octets = encodeReply({ kind: 'report', report }, 'bencode', room)!;
      expect(octets.length).toBeLessThanOrEqual(room);
      expect(octets.toString()).toContain('6:totals');
      expect(octets.toString()).toContain('7:warning');
    }
    expect(encodeReply({ kind: 'report', report }, 'json', 65_507)!.length).toBeGreaterThan(15_000);
  });

  it('of a list keeps as many call-ids as fit', () => {
    const callIds = Array.from({ length: 10_000 }, (_, index) => `call-${index}@example.com`);
    const octets = encodeReply({ kind: 'calls', callIds }, 'json', 65_507)!;
    const reply = JSON.parse(octets.toString()) as { calls: string[]; warning: string };
    expect(reply.calls.length).toBeGreaterThan(1000);
    expect(reply.calls[0]).toBe('call-0@example.com');
    expect(reply.warning).toMatch(/shortened/);
  });
});

describe('the reply to statistics', () => {
  const control = new ControlStatistics();
  control.count('192.0.2.1', 'offer', false, 0.25);
  control.count('192.0.2.1', 'offer', true, 0.25);
  control.count('192.0.2.2', null, true, 0);
  control.countRejected();
  const ours = () =>
    plain(statisticsDictionary(new FakeSessionService().statistics(), control)) as Incumbent['statistics'];

  /** Kernel forwarding, transcoding and call-length figures that have no meaning here. */
  const ABSENT = [
    ...['media_userspace', 'media_kernel', 'media_mixed'],
    ...['totalcallsduration', 'totalcallsduration2', 'totalcallsduration_stddev'],
  ];

  it.each(['currentstatistics', 'totalstatistics'] as const)('has the names and types of %s', (group) => {
    expect(shape(ours()[group])).toEqual(without(shape(incumbent.statistics[group]), ...ABSENT));
  });

  it('counts requests by proxy and command under the names of the incumbent', () => {
    const { proxies, ...totals } = ours().controlstatistics;
    const theirs = incumbent.statistics.controlstatistics;
    // The total of errors is of later versions.
    expect(shape(theirs)).toMatchObject(without(shape(totals), 'totalerrorcount'));
    expect(shape(theirs.proxies[0]!)).toMatchObject(shape(proxies[0]!));
    expect(proxies[0]).toMatchObject({ proxy: '192.0.2.1', offercount: 2, offerduration: '0.500000', errorcount: 1 });
    expect(totals).toMatchObject({ totaloffercount: 2, totalpingcount: 0, totalerrorcount: 2 });
    expect(ours().totalstatistics).toMatchObject({ rejectedsessions: 1 });
  });

  it('counts a bounded number of proxies', () => {
    const many = new ControlStatistics();
    for (let index = 0; index < 1000; index++) many.count(`address-${index}`, 'ping', false, 0);
    const { proxies, totalpingcount } = plain(many.toDictionary()) as { proxies: Tree[]; totalpingcount: number };
    expect(proxies).toHaveLength(65);
    expect(proxies[64]).toMatchObject({ proxy: 'others', pingcount: 936 });
    expect(totalpingcount).toBe(1000);
  });
});

describe('a reply', () => {
  it('cuts warnings and reasons to a length that fits anywhere', () => {
    const warnings = Array.from({ length: 500 }, () => 'something to say');
    const { warning } = plain(toDictionary({ kind: 'ok', warnings })) as { warning: string };
    expect(warning).toHaveLength(1024);
    const error = { code: 'bad-sdp', detail: 'x'.repeat(100_000) } as const;
    const reply = plain(toDictionary({ kind: 'error', error })) as Tree;
    expect((reply['error-reason'] as string).length).toBe(4096);
  });
});
