import { describe, expect, it } from 'vitest';
import { foldName, type FlagRow } from '../../../src/control/flags/flag-row.js';
import { newDraft, type RequestDraft } from '../../../src/control/flags/request-draft.js';
import { FLAG_TABLE } from '../../../src/control/ng-flags.js';
import { readOptions } from '../../../src/control/read-options.js';
import { dictionary } from './support.js';

type Said = Partial<Omit<RequestDraft['options'], 'sdes' | 'osrtp'>> & { sdes?: object; osrtp?: object };
interface Case {
  /** What stands with the name. */
  readonly value?: unknown;
  /** Beside the defaults, in `options` … */
  readonly options?: Said;
  /** … and in the request. */
  readonly request?: Partial<Omit<RequestDraft, 'options'>>;
}

const SUITE = 'AES_256_CM_HMAC_SHA1_80';
const text = (field: string): Case => ({ value: 'some text', request: { [field]: 'some text' } });
const listed = (options: Said, value?: unknown): Case => (value === undefined ? { options } : { options, value });

/** For each supported row: what it sets. */
const CASES: Readonly<Record<string, Case>> = {
  'key:command': { value: 'offer' },
  'key:call-id': text('callId'),
  'key:from-tag': text('fromTag'),
  'key:to-tag': text('toTag'),
  'key:via-branch': text('viaBranch'),
  'key:sdp': text('sdp'),
  'key:address': text('address'),
  'key:limit': { value: '7', request: { limit: 7 } },
  'key:all': { value: 'all', request: { all: true } },
  'key:flags': { value: ['strict source'], options: { strictSource: true } },
  'key:rtpp-flags': { value: 'strict-source label=x', options: { strictSource: true, label: 'x' } },
  'key:supports': { value: ['load limit'], request: { loadLimit: true } },
  'key:replace': listed({ replace: new Set(['origin'] as const) }, ['origin']),
  'key:SDES': listed({ sdes: { pad: true } }, ['pad']),
  'key:OSRTP': listed({ osrtp: { offer: true } }, ['offer']),
  'key:rtcp-mux': listed({ rtcpMux: new Set(['offer', 'demux'] as const) }, ['offer', 'demux']),
  'key:ICE': listed({ iceRemove: true }, 'remove'),
  'key:endpoint-learning': listed({ endpointLearning: 'delayed' }, 'delayed'),
  'key:codec': listed({ codecStrip: ['PCMU'] }, { strip: ['PCMU'] }),
  'key:transport-protocol': listed({ transportProtocol: 'RTP/SAVP' }, 'RTP/SAVP'),
  'key:address-family': listed({ addressFamily: 'IP6' }, 'IP6'),
  'key:media-address': listed({ mediaAddress: { family: 'IP6', address: '2001:db8::1' } }, '2001:db8::1'),
  'key:received-from': listed({ receivedFrom: { family: 'IP4', address: '192.0.2.9' } }, ['IP4', '192.0.2.9']),
  'key:direction': listed({ fromInterface: 'priv', toInterface: 'pub' }, ['priv', 'pub']),
  'key:from-interface': listed({ fromInterface: 'priv' }, 'priv'),
  'key:to-interface': listed({ toInterface: 'pub' }, 'pub'),
  'key:TOS': listed({ trafficClass: 184 }, 184),
  'key:delete-delay': listed({ deleteDelaySeconds: 0 }, '0'),
  'key:ptime': listed({ packetTime: 40 }, 40),
  'key:label': listed({ label: 'caller' }, 'caller'),
  'key:set-label': listed({ setLabel: 'caller' }, 'caller'),
  'key:metadata': listed({ metadata: 'a:b|c:d' }, 'a:b|c:d'),
  'key:from-profile': listed({ fromProfile: 'twilio' }, 'twilio'),
  'key:to-profile': listed({ toProfile: 'teams' }, 'teams'),
  'flags:trust-address': listed({ sipSourceAddress: false }),
  'flags:SIP-source-address': listed({ sipSourceAddress: true }),
  'flags:asymmetric': listed({ asymmetric: true }),
  'flags:strict-source': listed({ strictSource: true }),
  'flags:media-handover': listed({ mediaHandover: true }),
  'flags:loop-protect': listed({ loopProtect: true }),
  'flags:original-sendrecv': listed({ originalSendrecv: true }),
  'flags:generate-mid': listed({ generateMid: true }),
  'flags:new-branch': listed({ newBranch: true }),
  'flags:reject-ICE': listed({ iceRemove: true }),
  'flags:full-rtcp-attribute': listed({ rtcpAttribute: 'full' }),
  'flags:no-rtcp-attribute': listed({ rtcpAttribute: 'none' }),
  'flags:pad-crypto': listed({ sdes: { pad: true } }),
  'flags:internal': listed({ fromInterface: 'internal' }),
  'flags:external': listed({ fromInterface: 'external' }),
  'flags:RTP/AVP': listed({ transportProtocol: 'RTP/AVP' }),
  'flags:RTP/SAVP': listed({ transportProtocol: 'RTP/SAVP' }),
  'flags:RTP/AVPF': listed({ transportProtocol: 'RTP/AVPF' }),
  'flags:RTP/SAVPF': listed({ transportProtocol: 'RTP/SAVPF' }),
  'flags:RTP': listed({ transportProtocol: 'RTP/AVP' }),
  'flags:SRTP': listed({ transportProtocol: 'RTP/SAVP' }),
  'flags:AVP': listed({ transportProtocol: 'RTP/AVP' }),
  'flags:AVPF': listed({ transportProtocol: 'RTP/AVPF' }),
  'flags:to-tag': { request: { selectByToTag: true } },
  'flags:fatal': { request: { fatal: true } },
  'flags:fast': { request: { fast: true } },
  'flags:all': { request: { all: true } },
  'SDES:off': listed({ sdes: { off: true } }),
  'SDES:no-SUITE': listed({ sdes: { excluded: new Set([SUITE]) } }, SUITE),
  'SDES:only-SUITE': listed({ sdes: { only: new Set([SUITE]) } }, SUITE),
  'SDES:nonew': listed({ sdes: { noNew: true } }),
  'SDES:order:A;B;': listed({ sdes: { order: [SUITE, 'AEAD_AES_128_GCM'] } }, `${SUITE};AEAD_AES_128_GCM;`),
  'SDES:offerer_pref:A;B;': listed({ sdes: { offererPreference: [SUITE] } }, `NULL_HMAC_SHA1_80;${SUITE}`),
  'SDES:pad': listed({ sdes: { pad: true } }),
  'SDES:lifetime': listed({ sdes: { lifetime: true } }),
  'SDES:static': listed({ sdes: { static: true } }),
  'SDES:prefer': listed({ sdes: { prefer: true } }),
  'SDES:unencrypted_srtp': listed({ sdes: { unencryptedSrtp: true } }),
  'SDES:unencrypted_srtcp': listed({ sdes: { unencryptedSrtcp: true } }),
  'SDES:unauthenticated_srtp': listed({ sdes: { unauthenticatedSrtp: true } }),
  'SDES:encrypted_srtp': listed({ sdes: { unencryptedSrtp: false } }),
  'SDES:encrypted_srtcp': listed({ sdes: { unencryptedSrtcp: false } }),
  'SDES:authenticated_srtp': listed({ sdes: { unauthenticatedSrtp: false } }),
  'OSRTP:offer': listed({ osrtp: { offer: true } }),
  'OSRTP:accept': listed({ osrtp: { accept: true } }),
  'rtcp-mux:offer': listed({ rtcpMux: new Set(['offer'] as const) }),
  'rtcp-mux:require': listed({ rtcpMux: new Set(['require'] as const) }),
  'rtcp-mux:demux': listed({ rtcpMux: new Set(['demux'] as const) }),
  'rtcp-mux:accept': listed({ rtcpMux: new Set(['accept'] as const) }),
  'rtcp-mux:reject': listed({ rtcpMux: new Set(['reject'] as const) }),
  'transport-protocol:RTP/AVP': listed({ transportProtocol: 'RTP/AVP' }),
  'transport-protocol:RTP/SAVP': listed({ transportProtocol: 'RTP/SAVP' }),
  'transport-protocol:RTP/AVPF': listed({ transportProtocol: 'RTP/AVPF' }),
  'transport-protocol:RTP/SAVPF': listed({ transportProtocol: 'RTP/SAVPF' }),
  'replace:origin': listed({ replace: new Set(['origin'] as const) }),
  'replace:origin-full': listed({ replace: new Set(['origin-full'] as const) }),
  'replace:username': listed({ replace: new Set(['username'] as const) }),
  'replace:session-name': listed({ replace: new Set(['session-name'] as const) }),
  'replace:sdp-version': listed({ replace: new Set(['sdp-version'] as const) }),
  'replace:force-increment-sdp-ver': listed({ replace: new Set(['force-increment-sdp-ver'] as const) }),
  'replace:zero-address': listed({ replace: new Set(['zero-address'] as const) }),
  'endpoint-learning:off': listed({ endpointLearning: 'off' }),
  'endpoint-learning:immediate': listed({ endpointLearning: 'immediate' }),
  'endpoint-learning:delayed': listed({ endpointLearning: 'delayed' }),
  'endpoint-learning:heuristic': listed({ endpointLearning: 'heuristic' }),
  'codec:strip': listed({ codecStrip: ['opus/48000/2'] }, 'opus/48000/2'),
  'codec:offer': listed({ codecOffer: ['PCMA'] }, 'PCMA'),
  'codec:except': listed({ codecExcept: ['PCMA'] }, 'PCMA'),
  'ICE:remove': listed({ iceRemove: true }),
  'supports:load limit': { request: { loadLimit: true } },
};

const idOf = (row: FlagRow) => `${row.section}:${row.name}`;

/** The draft that a case expects: the defaults with what the row sets. */
function expected({ options = {}, request = {} }: Case): RequestDraft {
  const draft = newDraft();
  Object.assign(draft, request);
  Object.assign(draft.options, { ...options, sdes: { ...draft.options.sdes, ...options.sdes } });
  draft.options.osrtp = { ...newDraft().options.osrtp, ...options.osrtp };
  return draft;
}

/** The words of a draft do not matter, only what they settle. */
function settled(draft: RequestDraft): RequestDraft {
  return { ...draft, transportWords: null, warnings: [] };
}

/** A name as proxies and people write it. */
function spelledVariously(name: string): string[] {
  return [name, name.toUpperCase(), name.toLowerCase(), name.replace(/[ _-]/g, '_'), name.replace(/[ _-]/g, ' ')];
}

const withoutPlaceholder = (row: FlagRow, spelling: string) =>
  row.takes === null ? spelling : spelling.replace(new RegExp(`[-:]${row.takes}$`), '');

/** Every message by which a row can be said. */
function messages(row: FlagRow, value: unknown): Record<string, unknown>[] {
  const names = row.spellings.map((spelling) => withoutPlaceholder(row, spelling)).flatMap(spelledVariously);
  if (row.section === 'key') return names.map((name) => ({ [name]: value }));
  if (row.section === 'flags') return names.flatMap(asFlag);
  return names.flatMap((name) => asItem(row, name, value));
}

function asFlag(name: string): Record<string, unknown>[] {
  const inString = name.replaceAll(' ', '-');
  return [{ flags: [name] }, { flags: name }, { 'rtpp-flags': inString }, { flags: `[symmetric ${inString}]` }];
}

function asItem(row: FlagRow, name: string, value: unknown): Record<string, unknown>[] {
  const key = row.section;
  const item = row.takes === null ? name : `${name}-${String(value)}`;
  const inString = item.replaceAll(' ', '-');
  const forms: Record<string, unknown>[] = [
    { [key]: [item] },
    { [key]: inString },
    { [key]: `[${inString}]` },
    { [key]: { [name]: value ?? 1 } },
    { flags: [`${key}=${inString}`] },
    { 'rtpp-flags': `${key}=[${inString}]` },
  ];
  const prefixed = row.section !== 'transport-protocol';
  return prefixed
    ? [
        ...forms,
        { flags: [`${key}-${row.takes === null ? item : inString}`] },
        { 'rtpp-flags': `symmetric ${key}-${inString}` },
      ]
    : forms;
}

const rowsWith = (status: FlagRow['status']) => FLAG_TABLE.filter((row) => row.status === status);

describe('the flag table', () => {
  it('has one row a name, a reason for each row that does nothing, and a target for each that does', () => {
    expect(new Set(FLAG_TABLE.map(idOf)).size).toBe(FLAG_TABLE.length);
    for (const row of FLAG_TABLE) {
      expect(row.description, idOf(row)).not.toBe('');
      if (row.status === 'supported') expect(row.target, idOf(row)).not.toBeNull();
      else expect(row.reason, idOf(row)).toMatch(/\S/);
    }
  });

  it('is tested row by row', () => {
    expect(Object.keys(CASES).sort()).toEqual(rowsWith('supported').map(idOf).sort());
  });

  it.each(rowsWith('supported').map((row) => [idOf(row), row] as const))('reads %s in every spelling', (id, row) => {
    const given = CASES[id]!;
    for (const message of messages(row, given.value)) {
      expect(settled(readOptions(dictionary(message))), JSON.stringify(message)).toEqual(expected(given));
    }
  });

  it.each(rowsWith('ignored').map((row) => [idOf(row), row] as const))('passes over %s', (id, row) => {
    for (const message of messages(row, 'x')) {
      const draft = readOptions(dictionary(message));
      if (!id.startsWith('key:DTLS') && !id.startsWith('key:T.38')) {
        expect(settled(draft), JSON.stringify(message)).toEqual(newDraft());
      }
      expect([...draft.warnings].join() !== '', JSON.stringify(message)).toBe(row.warns);
    }
  });

  it.each(rowsWith('refused').map((row) => [idOf(row), row] as const))('refuses %s with its reason', (_id, row) => {
    for (const message of messages(row, 'start')) {
      const { refusals, unknown } = readOptions(dictionary(message));
      expect(refusals.join(), JSON.stringify(message)).toContain(row.reason);
      expect(unknown).toEqual([]);
    }
  });

  it('folds names in one way only', () => {
    expect(foldName(' Transport_protocol ')).toBe('transport-protocol');
  });
});

const optionsOf = (message: Record<string, unknown>) => readOptions(dictionary(message)).options;

describe('reading options', () => {
  it('takes both spellings of a key at once', () => {
    expect(optionsOf({ 'delete delay': 20, 'delete-delay': '20' }).deleteDelaySeconds).toBe(20);
  });

  it('lets a key win over flags, and flags over rtpp-flags', () => {
    const message = { label: 'key', flags: ['label=flag', 'metadata=flag'], 'rtpp-flags': 'label=a metadata=b TOS=7' };
    expect(optionsOf(message)).toMatchObject({ label: 'key', metadata: 'flag', trafficClass: 7 });
  });

  it.each([
    [['RTP', 'AVP'], 'RTP/AVP'],
    [['RTP', 'AVPF'], 'RTP/AVPF'],
    [['AVP', 'SRTP'], 'RTP/SAVP'],
    [['SRTP', 'AVPF'], 'RTP/SAVPF'],
    [['SRTP', 'RTP/AVP'], 'RTP/AVP'],
  ])('makes %s of the transport words together', (flags, protocol) => {
    expect(optionsOf({ flags }).transportProtocol).toBe(protocol);
  });

  it('takes direction as a list, given twice, and as internal and external', () => {
    const both = { fromInterface: 'a', toInterface: 'b' };
    expect(optionsOf({ direction: ['a', 'b'] })).toMatchObject(both);
    expect(optionsOf({ direction: '[a b]' })).toMatchObject(both);
    expect(optionsOf({ flags: ['direction=a', 'direction=b'] })).toMatchObject(both);
    expect(optionsOf({ 'rtpp-flags': 'internal external' })).toMatchObject({
      fromInterface: 'internal',
      toInterface: 'external',
    });
    expect(optionsOf({ 'rtpp-flags': 'direction=x direction=y', direction: ['a', 'b'] })).toMatchObject(both);
  });

  it('takes a proxy word for the via-branch only as a key of the message', () => {
    expect(readOptions(dictionary({ 'rtpp-flags': 'via-branch=auto-next' })).viaBranch).toBeNull();
    expect(readOptions(dictionary({ 'rtpp-flags': 'via-branch=z9hG4bK1' })).viaBranch).toBe('z9hG4bK1');
    expect(readOptions(dictionary({ 'via-branch': '1' })).viaBranch).toBe('1');
  });

  it('reads lists and dictionaries in the brackets of rtpp-flags', () => {
    const text = 'OSRTP=[accept] codec=[transcode=[PCMA PCMU] strip=[EVS,AMR] offer=[PCMU]] rtcp-mux=[offer require]';
    const draft = readOptions(dictionary({ 'rtpp-flags': text }));
    expect(draft.options).toMatchObject({
      osrtp: { offer: false, accept: true },
      codecStrip: ['EVS', 'AMR'],
      codecOffer: ['PCMU'],
      rtcpMux: new Set(['offer', 'require']),
    });
    expect([...draft.warnings]).toEqual(['codec-transcode ignored: payloads pass bit-exact, nothing is transcoded']);
  });

  it('knows suites by every spelling, and is not troubled by ones it never offers', () => {
    const flags = ['SDES-no-AES_CM_256_HMAC_SHA1_80', 'SDES-no-NULL_HMAC_SHA1_32', 'SDES-no-F8_128_HMAC_SHA1_80'];
    const draft = readOptions(dictionary({ flags }));
    expect(draft.options.sdes.excluded).toEqual(new Set(['AES_256_CM_HMAC_SHA1_80']));
    expect(draft.unknownCount).toBe(0);
    expect(readOptions(dictionary({ SDES: ['no-MADE_UP_80'] })).unknown).toEqual(['SDES-no-MADE_UP_80']);
  });

  it('refuses only-SUITE when none of the suites named is ever used here', () => {
    const alone = readOptions(dictionary({ SDES: ['only-NULL_HMAC_SHA1_80'] }));
    expect(alone.refusals).toEqual(['SDES-only-NULL_HMAC_SHA1_80: never offered or accepted here']);
    const beside = readOptions(dictionary({ SDES: ['only-NULL_HMAC_SHA1_80', 'only-AEAD_AES_128_GCM'] }));
    expect(beside.refusals).toEqual([]);
  });

  it.each([
    [{ 'media-address': 'nonsense' }, 'media-address: "nonsense" is not an IP address'],
    [{ 'drop-traffic': 'start' }, 'drop-traffic: not offered; use block media'],
    [{ flags: ['DTLS'] }, 'DTLS: DTLS-SRTP is not offered here; use RTP/SAVP with SDES'],
  ])('refuses %j', (message, refusal) => {
    expect(readOptions(dictionary(message)).refusals).toEqual([refusal]);
  });

  it.each([
    [{ TOS: 'high' }, 'TOS ignored: not an integer'],
    [{ 'address-family': 'IPX' }, 'address-family ignored: "IPX" is not IP4 or IP6'],
    [{ 'received-from': ['IP4', 'x'] }, 'received-from ignored: "x" is not an IP address'],
  ])('passes over %j with a warning', (message, warning) => {
    const draft = readOptions(dictionary(message));
    expect([...draft.warnings]).toEqual([warning]);
    expect(draft.refusals).toEqual([]);
  });

  it.each([
    { 'drop-traffic': 'stop' },
    { 'record-call': 'off' },
    { TOS: -1 },
    { TOS: 256 },
    { ptime: 0 },
    { 'delete-delay': -1 },
  ])('takes %j for what is so anyway', (message) => {
    expect(readOptions(dictionary(message))).toEqual(newDraft());
  });

  it('counts unknown names wherever they stand, and keeps a bounded number', () => {
    const flags = Array.from({ length: 1000 }, (_, index) => `flag-${index}`);
    const draft = readOptions(dictionary({ flags, SDES: ['what'], 'x y': 1, replace: { nothing: 1 } }));
    expect(draft.unknownCount).toBe(1003);
    expect(draft.unknown).toHaveLength(16);
    expect(draft.refusals).toEqual([]);
  });

  it('looks at a bounded number of items', () => {
    const flags = [...Array.from({ length: 2000 }, () => 'symmetric'), 'strict-source'];
    const draft = readOptions(dictionary({ flags }));
    expect(draft.options.strictSource).toBe(false);
    expect(draft.unknownCount).toBe(2001 - 1024);
  });

  it('does not follow flags inside flags for ever', () => {
    const nested = `${'flags='.repeat(5000)}strict-source`;
    expect(readOptions(dictionary({ flags: nested })).options.strictSource).toBe(false);
    expect(readOptions(dictionary({ 'rtpp-flags': `${'['.repeat(5000)}x` })).unknownCount).toBeLessThan(3);
  });

  it('switches words of a dictionary on and off', () => {
    const flags = { 'strict-source': 1, 'media-handover': 'no', asymmetric: 'yes' };
    expect(optionsOf({ flags })).toMatchObject({ strictSource: true, mediaHandover: false, asymmetric: true });
  });
});
