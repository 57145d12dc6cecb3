import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, type Policy } from '../../../src/negotiation/policy.js';
import { PolicyBook, type LegPolicy } from '../../../src/session/policy-book.js';
import { crypto, harness, KEY_A, sdp } from './harness.js';

const leg = (policy: Partial<Policy>, allowedSources: readonly string[] = []): LegPolicy => ({
  policy: { ...DEFAULT_POLICY, ...policy },
  allowedSources,
});

const book = new PolicyBook(
  leg({}),
  new Map([
    ['secure', leg({ secure: 'required' }, ['192.0.2.0/24'])],
    ['plain', leg({ secure: 'off' })],
    ['from-zero', leg({ firstTag: 0 })],
  ]),
  new Map([['six', 'plain']]),
);

const secureOffer = sdp({ protocol: 'RTP/SAVP', attributes: [crypto(1, KEY_A)] });

describe('the profile of the leg to the offerer', () => {
  it('is what the proxy names with the offer: a plain offer is refused where SRTP is required', () => {
    const rig = harness({ policies: book });
    expect(rig.offer({}, sdp(), { fromProfile: 'secure' })).toMatch(/^insecure-refused: /);
    expect(rig.offer({}, sdp(), { fromProfile: 'plain' })).toContain('m=audio');
  });

  it('refuses a secure offer where SRTP is off', () => {
    const rig = harness({ policies: book });
    expect(rig.offer({}, secureOffer, { fromProfile: 'plain' })).toMatch(/^secure-refused: /);
  });

  it('holds for the answerer no more than the other profile does for the offerer', () => {
    const rig = harness({ policies: book });
    const names = { fromProfile: 'secure', toProfile: 'plain' } as const;
    expect(rig.offer({}, secureOffer, { ...names, transportProtocol: 'RTP/AVP' })).toContain('RTP/AVP 0');
    expect(rig.answer({}, sdp({ port: 5_000 }))).toContain('RTP/SAVP 0');
  });

  it('stays with the party that was offerer once when it is offered to', () => {
    const rig = harness({ policies: book });
    rig.offer({}, secureOffer, { fromProfile: 'secure', transportProtocol: 'RTP/AVP' });
    rig.answer({}, sdp({ port: 5_000 }));
    const again = rig.offer({ from: 'b', to: 'a' }, sdp({ port: 5_000 }), { transportProtocol: 'RTP/AVP' });
    expect(again).toContain('RTP/SAVP 0');
  });

  it('limits where its media may come from', () => {
    const rig = harness({ policies: book });
    rig.offer({}, secureOffer, { fromProfile: 'secure', transportProtocol: 'RTP/AVP' });
    rig.answer({}, sdp({ port: 5_000 }));
    const networks = [...rig.addon.ports.values()].map((port) => port.config?.allowedSources ?? []);
    expect(networks.filter((list) => list.length > 0)).toHaveLength(2);
  });
});

describe('a profile', () => {
  it('that nobody configured is an error that names those there are', () => {
    const rig = harness({ policies: book });
    for (const name of ['fromProfile', 'toProfile'] as const) {
      expect(rig.offer({}, sdp(), { [name]: 'nobody' })).toBe(
        'bad-value: no trunk profile nobody; known: secure, plain, from-zero',
      );
    }
  });

  it('is taken by the leg on its interface when the proxy names none', () => {
    const rig = harness({ policies: book });
    const onSix = { toInterface: 'six', addressFamily: 'IP6', transportProtocol: 'RTP/SAVP' } as const;
    expect(rig.offer({}, sdp(), onSix)).toMatch(/^secure-refused: /);
    expect(rig.offer({}, sdp(), { ...onSix, toProfile: 'secure' })).toContain('m=audio');
  });

  it('of the answerer decides how our own lines are written', () => {
    const rig = harness({ policies: book });
    const offered = rig.offer({}, sdp(), { toProfile: 'from-zero', transportProtocol: 'RTP/SAVP' });
    expect(offered).toMatch(/a=crypto:0 AES_CM_128_HMAC_SHA1_80 [^]*a=crypto:1 AES_CM_128_HMAC_SHA1_32 /);
  });
});
