import { describe, expect, it } from 'vitest';
import { linesOf, phoneBody, sharedRelay } from '../../support/shared-relay.js';
import { UdpEndpoint } from '../../support/udp-endpoint.js';
import { waitFor } from '../../support/wait.js';

/*
 * What each flag does to the body that goes out, beside what the same body becomes without it. The phones are at
 * 127.0.0.5, the relay at 127.0.0.1.
 */
const relay = sharedRelay({ interfaces: ['inside/127.0.0.1', 'inside/::1'] });

const offered = async (sdp: string, options = {}): Promise<string> => relay.dialogue().offered(sdp, options);

/** An offer, then a re-offer with another o= and s=, answered in between. */
async function reoffered(replace: readonly string[], lines: readonly string[] = []): Promise<string> {
  const call = relay.dialogue();
  await call.offered(phoneBody(), { replace });
  await call.answered(phoneBody({ port: 45_010 }), { replace });
  return call.offered(phoneBody({ origin: 'joe 999 50', name: 'other', lines }), { replace, 'to-tag': 'b' });
}

describe('replace', () => {
  it('replace: origin — o= holds our address, and the one of the phone without it', async () => {
    expect(await offered(phoneBody(), { replace: ['origin'] })).toContain('o=jane 100 7 IN IP4 127.0.0.1\r\n');
    expect(await offered(phoneBody())).toContain('o=jane 100 7 IN IP4 127.0.0.5\r\n');
  });

  it('replace: origin-full — o= is ours whole and stays, whatever the phone writes', async () => {
    expect(await reoffered(['origin-full'])).toContain('o=jane 100 8 IN IP4 127.0.0.1\r\n');
    expect(await reoffered([])).toContain('o=joe 999 50 IN IP4 127.0.0.5\r\n');
  });

  it('replace: username — the user name in o= stays what the party saw first', async () => {
    expect(await reoffered(['username'])).toContain('o=jane 999 50 IN IP4 127.0.0.5\r\n');
  });

  it('replace: session-name — s= stays what the party saw first', async () => {
    expect(await reoffered(['session-name'])).toContain('s=call\r\n');
    expect(await reoffered([])).toContain('s=other\r\n');
  });

  it('replace: sdp-version — the version goes up by one when the body changed, and only then', async () => {
    const call = relay.dialogue();
    const versions: (string | undefined)[] = [];
    for (const lines of [[], [], ['a=ptime:40'], ['a=ptime:40']]) {
      const sdp = await call.offered(phoneBody({ origin: `jane 100 ${7 + versions.length * 10}`, lines }), {
        replace: ['SDP-version'],
      });
      versions.push(/^o=jane 100 (\d+)/m.exec(sdp)?.[1]);
    }
    expect(versions).toEqual(['7', '7', '8', '8']);
  });

  it('replace: force-increment-sdp-ver — the version goes up each time', async () => {
    const call = relay.dialogue();
    const versions: (string | undefined)[] = [];
    for (let count = 0; count < 3; count += 1) {
      const sdp = await call.offered(phoneBody(), { replace: ['force-increment-sdp-ver'] });
      versions.push(/^o=jane 100 (\d+)/m.exec(sdp)?.[1]);
    }
    expect(versions).toEqual(['7', '8', '9']);
  });

  it('replace: zero-address — 0.0.0.0 becomes our address, and the hold a direction', async () => {
    const held = phoneBody({ address: '0.0.0.0' });
    const replaced = await offered(held, { replace: ['zero-address'] });
    expect(linesOf(replaced, 'c=')).toEqual(['c=IN IP4 127.0.0.1']);
    expect(replaced).toContain('a=sendonly\r\n');
    expect(linesOf(await offered(held), 'c=')).toEqual(['c=IN IP4 0.0.0.0']);
  });
});

describe('attributes', () => {
  it('flags: original-sendrecv — zero-address leaves the direction as it came', async () => {
    const held = phoneBody({ address: '0.0.0.0', lines: ['a=sendrecv'] });
    const options = { replace: ['zero-address'] };
    expect(await offered(held, options)).toContain('a=sendonly\r\n');
    expect(await offered(held, { ...options, flags: ['original-sendrecv'] })).toContain('a=sendrecv\r\n');
  });

  it('flags: generate-mid — an m= line without a=mid gets one, and one that has it keeps it', async () => {
    expect(await offered(phoneBody(), { flags: ['generate-mid'] })).toContain('a=mid:1\r\n');
    expect(linesOf(await offered(phoneBody({ lines: ['a=mid:x'] }), { flags: ['generate-mid'] }), 'a=mid')).toEqual([
      'a=mid:x',
    ]);
    expect(await offered(phoneBody())).not.toContain('a=mid');
  });

  it('flags: loop-protect — the body is marked, and a marked one that comes round again passes unchanged', async () => {
    const options = { flags: ['loop-protect'] };
    const once = await offered(phoneBody(), options);
    expect(linesOf(once, 'a=srtp-anchor:')).toHaveLength(1);
    expect(await offered(once, options)).toBe(once);
    expect(await offered(once)).not.toBe(once);
    expect(await offered(phoneBody())).not.toContain('a=srtp-anchor:');
  });

  it('flags: full-rtcp-attribute — a=rtcp is written with the address although RTCP is on the next port', async () => {
    const sdp = await offered(phoneBody(), { flags: ['full-rtcp-attribute'] });
    const port = Number(/^m=audio (\d+)/m.exec(sdp)?.[1]);
    expect(linesOf(sdp, 'a=rtcp:')).toEqual([`a=rtcp:${port + 1} IN IP4 127.0.0.1`]);
    expect(linesOf(await offered(phoneBody()), 'a=rtcp:')).toEqual([]);
  });

  it('flags: no-rtcp-attribute — a=rtcp is not written although RTCP is elsewhere', async () => {
    const written: number[] = [];
    for (const flags of [[], ['no-rtcp-attribute']]) {
      const call = relay.dialogue();
      const mux = { lines: ['a=rtcp-mux'] };
      await call.offered(phoneBody(mux));
      const muxed = await call.answered(phoneBody({ ...mux, port: 45_010 }));
      // The RTCP port is given back; somebody else takes it before it is wanted again.
      const next = Number(/^m=audio (\d+)/m.exec(muxed)?.[1]) + 1;
      const taken = await waitFor('the RTCP port to be free', () =>
        UdpEndpoint.open(relay.host, '127.0.0.1', next).catch(() => undefined),
      );
      relay.later(() => taken.close());
      await call.offered(phoneBody(), { 'to-tag': 'b', 'rtcp-mux': ['demux'] });
      const sdp = await call.answered(phoneBody({ port: 45_010 }), { flags });
      written.push(linesOf(sdp, 'a=rtcp:').length);
    }
    expect(written).toEqual([1, 0]);
  });

  it('key: ptime — a=ptime says what is asked for', async () => {
    const sdp = await offered(phoneBody({ lines: ['a=ptime:20'] }), { ptime: 40 });
    expect(linesOf(sdp, 'a=ptime')).toEqual(['a=ptime:40']);
    expect(linesOf(await offered(phoneBody({ lines: ['a=ptime:20'] })), 'a=ptime')).toEqual(['a=ptime:20']);
  });

  it('key: address-family — the body that goes out is of that family', async () => {
    expect(linesOf(await offered(phoneBody(), { 'address-family': 'IP6' }), 'c=')).toEqual(['c=IN IP6 ::1']);
    expect(linesOf(await offered(phoneBody()), 'c=')).toEqual(['c=IN IP4 127.0.0.1']);
  });

  it('key: sdp — what is not ours passes octet for octet', async () => {
    const odd = 'a=x-odd: \u00e9 \t"quoted" ';
    expect(await offered(phoneBody({ lines: [odd, 'b=AS:64'] }))).toContain(`${odd}\r\nb=AS:64\r\n`);
  });
});

describe('ICE', () => {
  const ice = [
    'a=ice-ufrag:abcd',
    'a=ice-pwd:abcdefabcdefabcdefabcdef',
    'a=candidate:1 1 UDP 1 127.0.0.5 45000 typ host',
  ];

  it.each([
    ['ICE: remove — no ICE attribute leaves', { ICE: 'remove' }],
    ['key: ICE — the item stands under its own key or in flags', { flags: ['ICE=remove'] }],
    ['flags: reject-ICE — no ICE attribute leaves', { flags: ['reject-ICE'] }],
  ])('%s', async (_title, options) => {
    const call = relay.dialogue();
    const reply = await call.offer(phoneBody({ lines: ice }), options);
    expect(reply.warning).toBeUndefined();
    expect(reply.sdp).toMatch(/^m=audio/m);
    expect(reply.sdp).not.toMatch(/^a=(ice|candidate)/m);
  });
});

describe('codec', () => {
  const lines = [
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:96 opus/48000/2',
    'a=fmtp:96 useinbandfec=1',
  ];
  const body = phoneBody({ formats: '0 8 96', lines });
  const formats = async (options: object): Promise<string | undefined> => {
    const sdp = await offered(body, options);
    const listed = /^m=audio \d+ \S+ (.*)\r$/m.exec(sdp)?.[1];
    const mapped = linesOf(sdp, 'a=rtpmap:').map((line) => /\d+/.exec(line)?.[0]);
    expect([...mapped].sort()).toEqual((listed ?? '').split(' ').sort());
    return listed;
  };

  it('codec: strip — the codec goes with its attributes', async () => {
    expect(await formats({})).toBe('0 8 96');
    expect(await formats({ codec: { strip: ['PCMU', 'opus'] } })).toBe('8');
    expect(await offered(body, { codec: { strip: ['opus'] } })).not.toContain('useinbandfec');
  });

  it('codec: offer — kept although all are stripped, in the order given', async () => {
    expect(await formats({ codec: { strip: ['all'], offer: ['opus', 'PCMU'] } })).toBe('96 0');
  });

  it('codec: except — kept although all are stripped', async () => {
    expect(await formats({ codec: { strip: ['all'], except: ['PCMA'] } })).toBe('8');
  });

  it('key: codec — codec-strip-NAME in flags says the same', async () => {
    expect(await formats({ flags: ['codec-strip-PCMU'] })).toBe('8 96');
  });
});

describe('how options are written', () => {
  const full = 'o=jane 100 7 IN IP4 127.0.0.1\r\n';

  it.each([
    ['key: replace — the items as a list under its own key', { replace: ['origin'] }],
    ['key: flags — items of other lists, with a hyphen or an equals sign', { flags: ['replace-origin'] }],
    ['key: rtpp-flags — everything in one string', { 'rtpp-flags': 'trust-address replace=[origin session-name]' }],
  ])('%s', async (_title, options) => {
    expect(await offered(phoneBody(), options)).toContain(full);
    expect(await offered(phoneBody())).not.toContain(full);
  });
});
