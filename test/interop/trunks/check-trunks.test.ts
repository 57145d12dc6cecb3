import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BUILT_IN_PROFILES } from '../../../src/config/trunk-profiles.js';
import { runCommand } from '../../support/process.js';
import { TempDirectory } from '../../support/temp-directory.js';
import { DEPLOYED } from './rig/edge.js';

describe('the check of the trunk settings', () => {
  let directory: TempDirectory;

  beforeEach(() => {
    directory = new TempDirectory('check-trunks');
    cpSync(DEPLOYED, directory.path, { recursive: true });
  });
  afterEach(() => directory.remove());

  function change(file: string, from: string | RegExp, to: string): void {
    const text = readFileSync(directory.file(file), 'utf8');
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    writeFileSync(directory.file(file), changed);
  }

  async function check(): Promise<{ code: number | null; problems: string; good: string }> {
    const { code, stderr, stdout } = await runCommand(process.execPath, [
      `${DEPLOYED}check-trunks.mjs`,
      directory.path,
    ]);
    return { code, problems: stderr, good: stdout };
  }

  it('takes what is deployed', async () => {
    expect(await check()).toMatchObject({ code: 0, problems: '' });
  });

  it('T4 refuses SRTP on 5060, with TLS or without, and says what there is', async () => {
    change('trunks.cfg', '(trunk=>twilio-plain.secure) = "off"', '(trunk=>twilio-plain.secure) = "required"');
    const plain = await check();
    expect(plain.code).toBe(1);
    expect(plain.problems).toMatch(
      /^trunks\.list:\d+: twilio-plain: sip:acme-plain\.sip\.us1\.twilio\.com:5060;transport=udp has no TLS and secure is required: SRTP on 5060 does not exist/m,
    );
    change(
      'trunks.list',
      'acme-plain.sip.us1.twilio.com:5060;transport=udp 0',
      'acme-plain.sip.us1.twilio.com:5060;transport=tls 9',
    );
    expect((await check()).problems).toContain('port 5060 is the one without TLS; TLS is on 5061');
  });

  it.each([
    [
      'T4 SRTP preferred where there is no TLS',
      'trunks.cfg',
      /(genesys\.secure\) = )"off"/,
      '$1"preferred"',
      /SRTP on 5060 does not exist/,
    ],
    [
      'T4 plain SIP on the port of TLS',
      'trunks.list',
      ':5060;transport=udp 0 10 duid=twilio',
      ':5061;transport=udp 0 10 duid=twilio',
      /port 5061 is the one with TLS/,
    ],
    [
      'T5 a switch that the profile of the relay contradicts',
      'trunks.cfg',
      /(google\.secure\) = )"required"/,
      '$1"off"',
      /profile google says required/,
    ],
    [
      'T5 a word that is none of ours',
      'trunks.cfg',
      /(google\.secure\) = )"required"/,
      '$1"srtp"',
      /secure is srtp, expected one of off, preferred, required/,
    ],
    [
      'T6 an old version of TLS',
      'tls.cfg',
      /(\[client:default\]\nmethod = )TLSv1.2\+/,
      '$1TLSv1+',
      /method TLSv1\+: trunks take TLS 1\.2/,
    ],
    [
      'T7 a client that verifies nothing',
      'tls.cfg',
      /(\[client:default\][^[]*verify_certificate = )yes/,
      '$1no',
      /verify_certificate must be yes/,
    ],
    [
      'T7 a destination that is up before its certificate was seen',
      'trunks.list',
      'transport=tls 9 10 duid=google',
      'transport=tls 0 10 duid=google',
      /flags must be 9/,
    ],
    ['T8 a destination with sips:', 'trunks.list', 'sip:siplink', 'sips:siplink', /do not take sips:/],
    [
      'T9 an address as the next hop',
      'trunks.list',
      'us-east.voice.example',
      '192.0.2.7',
      /must be the trunk's domain/,
    ],
    [
      'T13 signalling of a trunk that is not there',
      'sources.list',
      '0 twilio',
      '0 twillio',
      /needs the name of a trunk/,
    ],
    ['a set without destinations', 'trunks.cfg', 'ibm.set) = "20"', 'ibm.set) = "21"', /set 21 has no destination/],
  ] as const)('%s is refused', async (_title, file, from, to, expected) => {
    change(file, from, to);
    const { code, problems } = await check();
    expect(code).toBe(1);
    expect(problems).toMatch(expected);
  });

  it('knows the built-in profiles of the relay and their policies', async () => {
    const { PROFILE_POLICIES } = (await import(`${DEPLOYED}check-trunks.mjs`)) as { PROFILE_POLICIES: object };
    const built = Object.entries(BUILT_IN_PROFILES).map(([name, { policy }]) => [name, policy.secure]);
    expect(PROFILE_POLICIES).toEqual(Object.fromEntries(built));
  });
});
