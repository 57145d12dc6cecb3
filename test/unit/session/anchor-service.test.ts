import { describe, expect, it } from 'vitest';
import type { NegotiatedMedia } from '../../../src/negotiation/negotiated-media.js';
import { AddressPolicy } from '../../../src/session/address-policy.js';
import { Call } from '../../../src/session/call.js';
import { callId } from '../../../src/shared/brand.js';
import { crypto, harness, KEY_A, KEY_B, portOf, sdp, type Harness } from './harness.js';

/** A plain caller and a secure callee, answered. */
function connected(): { rig: Harness; facingB: number; facingA: number } {
  const rig = harness();
  const facingB = portOf(rig.offer({}, sdp(), { transportProtocol: 'RTP/SAVP' }));
  const facingA = portOf(rig.answer({}, sdp({ port: 5_000, protocol: 'RTP/SAVP', attributes: [crypto(1, KEY_B)] })));
  return { rig, facingB, facingA };
}

describe('offer and answer', () => {
  it('put our own address and two different port pairs into the SDPs', () => {
    const rig = harness();
    const offered = rig.offer({}, sdp());
    const answered = rig.answer({}, sdp({ port: 5_000 }));
    expect(offered).toContain('c=IN IP4 198.51.100.1');
    expect(answered).toContain('c=IN IP4 198.51.100.1');
    expect(new Set([portOf(offered), portOf(answered)]).size).toBe(2);
    expect(rig.addon.ports.size).toBe(4);
  });

  it('join the two RTP ports to each other, and RTCP to RTCP', () => {
    const { rig, facingA, facingB } = connected();
    const [a, b] = [rig.addon.port(facingA), rig.addon.port(facingB)];
    const [aRtcp, bRtcp] = [rig.addon.port(facingA + 1), rig.addon.port(facingB + 1)];
    expect([a.config?.rtpTo, b.config?.rtpTo]).toEqual([b.id, a.id]);
    expect([a.config?.rtcpTo, aRtcp.config?.rtcpTo]).toEqual([bRtcp.id, bRtcp.id]);
    expect([b.config?.rtcpTo, bRtcp.config?.rtcpTo]).toEqual([aRtcp.id, aRtcp.id]);
    expect(a.config?.remote).toEqual({ address: '192.0.2.1', port: 4_000 });
    expect(aRtcp.config?.remote).toEqual({ address: '192.0.2.1', port: 4_001 });
  });

  it('give each direction of the secure leg its own key, and the plain leg none', () => {
    const { rig, facingA, facingB } = connected();
    const secure = rig.addon.port(facingB).config;
    const plain = rig.addon.port(facingA).config;
    expect([plain?.inbound, plain?.outbound]).toEqual([null, null]);
    expect(Buffer.from(secure?.inbound?.keys[0]?.keySalt ?? []).toString('base64')).toBe(KEY_B);
    expect(Buffer.from(secure?.outbound?.keys[0]?.keySalt ?? []).toString('base64')).not.toBe(KEY_B);
    expect(secure?.inbound?.suite).toBe('AES_CM_128_HMAC_SHA1_80');
  });

  it('let the RTCP port use the contexts of its RTP port', () => {
    const { rig, facingB } = connected();
    const rtcp = rig.addon.port(facingB + 1).config;
    expect([rtcp?.cryptoFrom, rtcp?.inbound, rtcp?.outbound]).toEqual([rig.addon.port(facingB).id, null, null]);
  });

  it('configure nothing before the answer', () => {
    const rig = harness();
    rig.offer({}, sdp());
    expect([...rig.addon.ports.values()].map((port) => port.configured)).toEqual([0, 0, 0, 0]);
  });

  it('with SRTP on both sides no key of one side is known to the other', () => {
    const rig = harness();
    const offered = rig.offer({}, sdp({ protocol: 'RTP/SAVP', attributes: [crypto(3, KEY_A)] }));
    const answered = rig.answer({}, sdp({ port: 5_000, protocol: 'RTP/SAVP', attributes: [crypto(1, KEY_B)] }));
    expect(offered).not.toContain(KEY_A);
    expect(answered).not.toContain(KEY_B);
    expect(answered).toMatch(/a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:/);
  });

  it('a 200 that repeats the SDP of the 183 changes no key revision', () => {
    const { rig, facingB } = connected();
    const before = rig.addon.port(facingB).config;
    rig.answer({}, sdp({ port: 5_000, protocol: 'RTP/SAVP', attributes: [crypto(1, KEY_B)] }));
    const after = rig.addon.port(facingB).config;
    expect(after?.inbound?.revision).toBe(before?.inbound?.revision);
    expect(after?.outbound?.revision).toBe(before?.outbound?.revision);
  });

  it('a re-INVITE with unchanged keys keeps ports and key revisions, from either side', () => {
    const { rig, facingA, facingB } = connected();
    const before = rig.addon.port(facingB).config;
    expect(portOf(rig.offer({ to: 'b' }, sdp(), { transportProtocol: 'RTP/SAVP' }))).toBe(facingB);
    expect(portOf(rig.answer({}, sdp({ port: 5_000, protocol: 'RTP/SAVP', attributes: [crypto(1, KEY_B)] })))).toBe(
      facingA,
    );
    const secureOffer = sdp({ port: 5_000, protocol: 'RTP/SAVP', attributes: [crypto(1, KEY_B)] });
    expect(portOf(rig.offer({ from: 'b', to: 'a' }, secureOffer, { transportProtocol: 'RTP/AVP' }))).toBe(facingA);
    expect(portOf(rig.answer({ from: 'b', to: 'a' }, sdp()))).toBe(facingB);
    const after = rig.addon.port(facingB).config;
    expect(after?.inbound?.revision).toBe(before?.inbound?.revision);
    expect(after?.outbound?.revision).toBe(before?.outbound?.revision);
    expect(rig.addon.ports.size).toBe(4);
  });

  it('a re-INVITE that names no to-tag goes to the one that the offerer talks to', () => {
    const { rig, facingA, facingB } = connected();
    expect(portOf(rig.offer({}, sdp(), { transportProtocol: 'RTP/SAVP' }))).toBe(facingB);
    const again = sdp({ port: 5_000, protocol: 'RTP/SAVP', attributes: [crypto(1, KEY_B)] });
    expect(portOf(rig.answer({}, again))).toBe(facingA);
    expect(rig.addon.ports.size).toBe(4);
  });

  it('media-address stands in the body instead of our own', () => {
    const mediaAddress = { family: 'IP4', address: '203.0.113.7' } as const;
    expect(harness().offer({}, sdp(), { mediaAddress })).toContain('c=IN IP4 203.0.113.7');
  });

  it('a re-INVITE with a new key of the peer gives both directions new revisions', () => {
    const { rig, facingB } = connected();
    const before = rig.addon.port(facingB).config;
    rig.offer({ to: 'b' }, sdp(), { transportProtocol: 'RTP/SAVP' });
    rig.answer({}, sdp({ port: 5_000, protocol: 'RTP/SAVP', attributes: [crypto(1, KEY_A)] }));
    expect(rig.addon.port(facingB).config?.inbound?.revision).not.toBe(before?.inbound?.revision);
  });

  it('a re-offer that fails leaves the running media as it was', () => {
    const { rig, facingB } = connected();
    const configured = rig.addon.port(facingB).configured;
    const failed = rig.offer({ to: 'b' }, sdp({ protocol: 'RTP/SAVP', attributes: [crypto(1, 'short')] }));
    expect(failed).toMatch(/^no-usable-crypto: /);
    expect(failed).not.toContain('short');
    expect(rig.addon.port(facingB).configured).toBe(configured);
    expect(rig.addon.ports.size).toBe(4);
  });

  it('hold: RTP toward the holding party stops, and comes back', () => {
    const { rig, facingA, facingB } = connected();
    const secure = [crypto(1, KEY_B)];
    rig.offer({ to: 'b' }, sdp({ attributes: ['sendonly'] }), { transportProtocol: 'RTP/SAVP' });
    rig.answer({}, sdp({ port: 5_000, protocol: 'RTP/SAVP', attributes: [...secure, 'recvonly'] }));
    expect([rig.addon.port(facingA).config?.forwardRtp, rig.addon.port(facingB).config?.forwardRtp]).toEqual([
      true,
      false,
    ]);
    rig.offer({ to: 'b' }, sdp({ attributes: ['sendrecv'] }), { transportProtocol: 'RTP/SAVP' });
    rig.answer({}, sdp({ port: 5_000, protocol: 'RTP/SAVP', attributes: secure }));
    expect([rig.addon.port(facingA).config?.forwardRtp, rig.addon.port(facingB).config?.forwardRtp]).toEqual([
      true,
      true,
    ]);
  });

  it('hold by c=0.0.0.0 stops RTP toward that party and keeps an address for RTCP', () => {
    const { rig, facingA, facingB } = connected();
    rig.offer({ to: 'b' }, sdp({ address: '0.0.0.0' }), { transportProtocol: 'RTP/SAVP' });
    rig.answer({}, sdp({ port: 5_000, protocol: 'RTP/SAVP', attributes: [crypto(1, KEY_B)] }));
    expect(rig.addon.port(facingB).config?.forwardRtp).toBe(false);
    expect(rig.addon.port(facingA + 1).config?.remote).toEqual({ address: '192.0.2.1', port: 4_001 });
  });

  it('rtcp-mux on both sides gives the RTCP ports back', () => {
    const rig = harness();
    rig.offer({}, sdp({ attributes: ['rtcp-mux'] }));
    expect(rig.addon.ports.size).toBeGreaterThanOrEqual(3);
    const facingA = portOf(rig.answer({}, sdp({ port: 5_000, attributes: ['rtcp-mux'] })));
    expect(rig.addon.ports.size).toBe(2);
    const a = rig.addon.port(facingA).config;
    expect(a?.rtcpTo).toBe(a?.rtpTo);
  });

  it('T.38 in a re-INVITE makes the ports raw, and a later one makes them RTP again', () => {
    const { rig, facingA } = connected();
    const image = { media: 'm=image 6000 udptl t38' };
    rig.offer({ to: 'b' }, sdp(image));
    rig.answer({}, sdp({ media: 'm=image 6002 udptl t38' }));
    const raw = rig.addon.port(facingA).config;
    expect([raw?.kind, raw?.inbound, raw?.remote?.port]).toEqual(['raw', null, 6_000]);
    rig.offer({ to: 'b' }, sdp(), { transportProtocol: 'RTP/SAVP' });
    rig.answer({}, sdp({ port: 5_000, protocol: 'RTP/SAVP', attributes: [crypto(1, KEY_B)] }));
    expect(rig.addon.port(facingA).config?.kind).toBe('rtp');
    expect(rig.addon.ports.size).toBe(4);
  });

  it('bridges from IPv4 to IPv6 when asked to', () => {
    const rig = harness();
    const offered = rig.offer({}, sdp(), { addressFamily: 'IP6' });
    expect(offered).toContain('c=IN IP6 2001:db8::1');
    expect(rig.addon.port(portOf(offered)).options.address).toBe('::1');
  });

  it('an answer to an unknown call is an error', () => {
    expect(harness().answer({}, sdp())).toBe('unknown-call: ');
  });

  it('a body that is no SDP is refused and makes no call', () => {
    const rig = harness();
    expect(rig.offer({}, 'hello')).toMatch(/^bad-sdp: /);
    expect([rig.service.calls.size, rig.addon.ports.size]).toEqual([0, 0]);
  });
});

describe('forks', () => {
  function forked(): { rig: Harness; one: number; two: number; facingA: number } {
    const rig = harness();
    const one = portOf(rig.offer({ branch: 'z1' }, sdp(), { transportProtocol: 'RTP/SAVP' }));
    const two = portOf(rig.offer({ branch: 'z2' }, sdp(), { transportProtocol: 'RTP/SAVP' }));
    const facingA = portOf(
      rig.answer({ to: 'b', branch: 'z1' }, sdp({ port: 5_000, protocol: 'RTP/SAVP', attributes: [crypto(1, KEY_A)] })),
    );
    return { rig, one, two, facingA };
  }

  it('each branch has ports and keys of its own, and the caller keeps one port for both', () => {
    const { rig, one, two, facingA } = forked();
    const second = rig.answer(
      { to: 'c', branch: 'z2' },
      sdp({ port: 5_002, protocol: 'RTP/SAVP', attributes: [crypto(1, KEY_B)] }),
    );
    expect(portOf(second)).toBe(facingA);
    const [first, last] = [rig.addon.port(one), rig.addon.port(two)];
    const caller = rig.addon.port(facingA);
    expect(caller.config?.rtpTo).toBe(last.id);
    expect([first.config?.rtpTo, last.config?.rtpTo]).toEqual([caller.id, caller.id]);
    expect(Buffer.from(first.config?.inbound?.keys[0]?.keySalt ?? []).toString('base64')).toBe(KEY_A);
    expect(Buffer.from(last.config?.inbound?.keys[0]?.keySalt ?? []).toString('base64')).toBe(KEY_B);
  });

  it('deleting one branch leaves the other one talking', async () => {
    const { rig, one, facingA } = forked();
    expect(rig.remove({ from: 'a', branch: 'z2', delay: 0 })).toBe('ok');
    await Promise.resolve();
    expect(rig.addon.ports.size).toBe(4);
    expect(rig.addon.port(facingA).config?.rtpTo).toBe(rig.addon.port(one).id);
  });
});

describe('delete', () => {
  it('keeps the ports for the delete delay, and lets go of them then', () => {
    const { rig } = connected();
    expect(rig.remove()).toBe('ok');
    rig.clock.now += 29_000;
    rig.sweeper.sweep();
    expect([rig.addon.ports.size, rig.service.calls.active]).toEqual([4, 0]);
    rig.clock.now += 2_000;
    rig.sweeper.sweep();
    expect([rig.addon.ports.size, rig.service.calls.size, rig.pool.used]).toEqual([0, 0, 0]);
    expect(rig.closed).toEqual(['delete']);
  });

  it('an offer in between revives the call', () => {
    const { rig } = connected();
    rig.remove();
    rig.offer({ to: 'b' }, sdp(), { transportProtocol: 'RTP/SAVP' });
    rig.clock.now += 31_000;
    rig.sweeper.sweep();
    expect([rig.service.calls.size, rig.service.calls.active]).toEqual([1, 1]);
  });

  it('of an unknown call or tag says so', () => {
    const { rig } = connected();
    expect(rig.remove({ from: 'x' })).toBe('unknown-call');
    expect(harness().remove()).toBe('unknown-call');
  });
});

describe('ports', () => {
  it('run out with the words that proxies fail over on, and leave earlier calls alone', () => {
    const rig = harness({ minimum: 30_000, maximum: 30_005 });
    const first = portOf(rig.offer({ call: 'one' }, sdp()));
    rig.answer({ call: 'one' }, sdp({ port: 5_000 }));
    const configured = rig.addon.port(first).configured;
    expect(rig.offer({ call: 'two' }, sdp())).toBe('out-of-ports: ');
    expect([rig.addon.ports.size, rig.pool.used, rig.service.calls.size]).toEqual([4, 4, 1]);
    expect(rig.addon.port(first).configured).toBe(configured);
    expect(rig.failedPorts).toEqual(['default']);
  });

  it('that another program holds are passed over', () => {
    const rig = harness({ minimum: 30_000, maximum: 30_007 });
    rig.addon.busy.add(30_000).add(30_003);
    const offered = portOf(rig.offer({}, sdp()));
    expect([30_004, 30_006]).toContain(offered);
  });

  it('out of descriptors the proxy is told to go elsewhere', () => {
    const rig = harness();
    rig.addon.failures.push('EMFILE');
    expect(rig.offer({}, sdp())).toBe('out-of-ports: EMFILE');
    expect(rig.addon.ports.size).toBe(0);
  });
});

describe('limits', () => {
  it('the session limit turns new calls away and not re-offers', () => {
    const rig = harness({ maximumSessions: 1 });
    rig.offer({ call: 'one' }, sdp());
    expect(rig.offer({ call: 'two' }, sdp())).toBe('session-limit: ');
    expect(rig.offer({ call: 'one' }, sdp())).toMatch(/^v=0/);
  });

  it('draining turns new calls away and lets calls in progress go on', () => {
    const { rig } = connected();
    rig.service.admission.draining = true;
    expect(rig.offer({ call: 'two' }, sdp())).toBe('draining: ');
    expect(rig.offer({ to: 'b' }, sdp(), { transportProtocol: 'RTP/SAVP' })).toMatch(/^v=0/);
  });
});

describe('timers', () => {
  it('a call without packets ends after the media timeout', () => {
    const { rig } = connected();
    rig.clock.now += 59_000;
    rig.sweeper.sweep();
    expect(rig.closed).toEqual([]);
    rig.clock.now += 2_000;
    rig.sweeper.sweep();
    expect([rig.closed, rig.timers]).toEqual([['media_timeout'], ['media_timeout']]);
  });

  it('one packet on any stream puts the media timeout off', () => {
    const { rig, facingB } = connected();
    rig.clock.now += 59_000;
    rig.addon.write(rig.addon.port(facingB).slot, 'last_rx_milliseconds', rig.clock.now);
    rig.clock.now += 2_000;
    rig.sweeper.sweep();
    expect(rig.closed).toEqual([]);
  });

  it('a call on hold has the silent timeout instead', () => {
    const { rig } = connected();
    rig.offer({ to: 'b' }, sdp({ attributes: ['inactive'] }), { transportProtocol: 'RTP/SAVP' });
    rig.answer({}, sdp({ port: 5_000, protocol: 'RTP/SAVP', attributes: [crypto(1, KEY_B), 'inactive'] }));
    rig.clock.now += 3_500_000;
    rig.sweeper.sweep();
    expect(rig.closed).toEqual([]);
    for (let second = 0; second < 101; second++) {
      rig.clock.now += 1_000;
      rig.sweeper.sweep();
    }
    expect(rig.closed).toEqual(['silent_timeout']);
  });

  it('time in which the process stood still is no silence, and silence after it is', () => {
    const { rig } = connected();
    rig.sweeper.sweep();
    rig.clock.now += 600_000;
    rig.sweeper.sweep();
    for (let second = 0; second < 59; second++) {
      rig.clock.now += 1_000;
      rig.sweeper.sweep();
    }
    expect(rig.closed).toEqual([]);
    rig.clock.now += 1_500;
    rig.sweeper.sweep();
    expect(rig.closed).toEqual(['media_timeout']);
  });

  it('an offer that nobody answers ends after the offer timeout', () => {
    const rig = harness();
    rig.offer({}, sdp());
    rig.clock.now += 601_000;
    rig.sweeper.sweep();
    expect(rig.closed).toEqual(['offer_timeout']);
  });
});

describe('block', () => {
  it('media of a party is dropped as blocked, and let through again', () => {
    const { rig, facingA } = connected();
    const blocked = (): number | undefined => rig.addon.port(facingA).config?.blockedPayloadTypes.length;
    const [call] = [...rig.service.calls];
    const request = { callId: call!.id, fromTag: null, what: 'media' } as const;
    rig.service.block({ ...request, blocked: true });
    expect(blocked()).toBe(128);
    rig.service.block({ ...request, blocked: false });
    expect(blocked()).toBe(0);
  });

  it('DTMF is only the telephone-event payload type', () => {
    const { rig, facingA } = connected();
    const [call] = [...rig.service.calls];
    rig.service.block({ callId: call!.id, fromTag: null, what: 'dtmf', blocked: true });
    expect(rig.addon.port(facingA).config?.blockedPayloadTypes).toEqual([101]);
  });
});

describe('reports', () => {
  it('hold no key, in whatever way they are printed', () => {
    const { rig } = connected();
    const [call] = [...rig.service.calls];
    const report = rig.service.report(call!);
    expect(JSON.stringify(report)).not.toContain(KEY_B);
    expect(JSON.stringify(report)).toContain('AES_CM_128_HMAC_SHA1_80');
  });
});

describe('addresses that media is never sent to', () => {
  it.each([
    ['multicast', { address: '224.1.1.1' }],
    ['broadcast', { address: '255.255.255.255' }],
    ['link-local', { address: '169.254.1.1' }],
    ['a system port', { port: 53 }],
    ['our own control port', { address: '192.0.2.9', port: 2223 }],
  ])('%s is refused in the offer and opens nothing', (_, where) => {
    const rig = harness();
    expect(rig.offer({}, sdp(where))).toMatch(/^refused-address: m-line 1 \(audio\): /);
    expect([rig.addon.ports.size, rig.service.calls.size]).toEqual([0, 0]);
  });

  it('our own port of the same call is refused in the answer: packets would go in circles', () => {
    const rig = harness();
    const port = portOf(rig.offer({}, sdp()));
    expect(rig.answer({}, sdp({ address: '198.51.100.1', port }))).toMatch(/own port for this call/);
  });

  it('loopback is fine where an interface of ours is loopback, and refused elsewhere', () => {
    const call = new Call(callId('x'), 0, 0, 0);
    const media = (address: string): NegotiatedMedia[] => {
      const remoteRtp = { family: 'IP4', address, port: 4_000 } as const;
      const leg = { remoteRtp, remoteRtcp: null } as unknown as NegotiatedMedia['offerer'];
      return [{ index: 0, mediaType: 'audio', kind: 'rtp', offerer: leg, answerer: leg, dtmfPayloadTypes: [] }];
    };
    expect(new AddressPolicy(['127.0.0.1'], new Set()).judge(media('127.0.0.1'), 'offerer', call)).toBeNull();
    expect(new AddressPolicy(['192.0.2.7'], new Set()).judge(media('127.0.0.1'), 'offerer', call)?.detail).toContain(
      'loopback',
    );
  });
});

describe('keys', () => {
  const isWiped = (octets: Uint8Array): boolean => octets.every((octet) => octet === 0);

  it('are overwritten when the call is over', () => {
    const { rig, facingB } = connected();
    const config = rig.addon.port(facingB).config;
    const keys = [config!.inbound!.keys[0]!.keySalt, config!.outbound!.keys[0]!.keySalt];
    expect(keys.map(isWiped)).toEqual([false, false]);
    rig.remove({ delay: 0 });
    expect(keys.map(isWiped)).toEqual([true, true]);
  });

  it('that a re-key replaced are overwritten, and those in use are not', () => {
    const { rig, facingB } = connected();
    const before = rig.addon.port(facingB).config!.inbound!.keys[0]!.keySalt;
    rig.offer({ to: 'b' }, sdp(), { transportProtocol: 'RTP/SAVP' });
    rig.answer({}, sdp({ port: 5_000, protocol: 'RTP/SAVP', attributes: [crypto(1, KEY_A)] }));
    const after = rig.addon.port(facingB).config!;
    expect(isWiped(before)).toBe(true);
    expect([after.inbound!, after.outbound!].map((one) => isWiped(one.keys[0]!.keySalt))).toEqual([false, false]);
  });

  it('of one branch go with it, and the other branch keeps its own', () => {
    const rig = harness();
    const secure = { transportProtocol: 'RTP/SAVP' } as const;
    const ports = ['z1', 'z2'].map((branch) => portOf(rig.offer({ branch }, sdp(), secure)));
    rig.answer({ to: 'b', branch: 'z1' }, sdp({ port: 5_000, protocol: 'RTP/SAVP', attributes: [crypto(1, KEY_A)] }));
    rig.answer({ to: 'c', branch: 'z2' }, sdp({ port: 5_002, protocol: 'RTP/SAVP', attributes: [crypto(1, KEY_B)] }));
    const [gone, kept] = ports.map((port) => rig.addon.port(port).config!.outbound!.keys[0]!.keySalt);
    rig.remove({ from: 'a', branch: 'z1', delay: 0 });
    expect([isWiped(gone!), isWiped(kept!)]).toEqual([true, false]);
  });
});

describe('an offer of very many m= lines', () => {
  const lines = (count: number): string =>
    Array.from({ length: count }, (_, at) => `m=audio ${4_000 + 2 * at} RTP/AVP 0`).join('\r\n');

  it('is refused before a port is opened when more than 64 are to be relayed', () => {
    const rig = harness({ maximum: 30_999 });
    expect(rig.offer({}, sdp({ media: lines(65) }))).toBe('bad-sdp: 65 m= lines to relay; at most 64');
    expect(rig.addon.ports.size).toBe(0);
    expect(rig.offer({}, sdp({ media: lines(64) }))).toMatch(/^v=0/);
    expect(rig.addon.ports.size).toBe(256);
  });

  it('counts no line that its sender refused', () => {
    const rig = harness({ maximum: 30_999 });
    const refused = Array<string>(100).fill('m=audio 0 RTP/AVP 0').join('\r\n');
    expect(rig.offer({}, sdp({ media: `${refused}\r\nm=audio 4000 RTP/AVP 0` }))).toMatch(/^v=0/);
  });
});

describe('loop-protect', () => {
  const marked = { loopProtect: true };

  it('passes a body on as it is when it carries our mark: it came round to us again', () => {
    const rig = harness();
    const once = rig.offer({}, sdp(), marked);
    expect(rig.offer({ from: 'b-side' }, once, marked)).toBe(once);
    expect(rig.addon.ports.size).toBe(4);
    const answered = rig.answer({}, sdp({ port: 5_000 }), marked);
    expect(rig.answer({ from: 'b-side' }, answered, marked)).toBe(answered);
  });

  it('anchors a body that carries the mark of another relay, or ours when it is not asked to look', () => {
    const rig = harness();
    const once = rig.offer({}, sdp(), marked);
    expect(portOf(rig.offer({ call: 'other' }, once))).not.toBe(portOf(once));
    const foreign = once.replace(/a=srtp-anchor:.*/, 'a=srtp-anchor:another');
    expect(portOf(rig.offer({ call: 'third' }, foreign, marked))).not.toBe(portOf(once));
  });
});

describe('what native code must not take for a new key', () => {
  it('is a key whose tag or lifetime changed', () => {
    const { rig, facingB } = connected();
    const before = rig.addon.port(facingB).config;
    rig.offer({ to: 'b' }, sdp(), { transportProtocol: 'RTP/SAVP' });
    rig.answer({}, sdp({ port: 5_000, protocol: 'RTP/SAVP', attributes: [`${crypto(1, KEY_B)}|2^20`] }));
    const after = rig.addon.port(facingB).config;
    expect(after?.inbound?.srtpLifetime).toBe(2 ** 20);
    expect(after?.inbound?.revision).toBe(before?.inbound?.revision);
  });

  it('and a host name as an address still lets media start once it is learned', () => {
    const { rig, facingB } = connected();
    rig.offer({ to: 'b' }, sdp({ address: 'phone.example.com' }), { transportProtocol: 'RTP/SAVP' });
    rig.answer({}, sdp({ port: 5_000, protocol: 'RTP/SAVP', attributes: [crypto(1, KEY_B)] }));
    expect(rig.addon.port(facingB).config?.forwardRtp).toBe(true);
  });
});
