import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestHost } from '../../support/host.js';
import type { RunningProcess } from '../../support/process.js';
import { buildSdp } from '../../support/sdp.js';
import { SipAgent } from '../../support/sip-agent.js';
import { TempDirectory } from '../../support/temp-directory.js';
import { waitFor } from '../../support/wait.js';
import { CertificateAuthority, type Certificate } from './rig/certificates.js';
import { DEPLOYED, Edge, type TrunkEntry } from './rig/edge.js';
import { TlsPeer } from './rig/tls-peer.js';

/** As Twilio lists them, with the kind of key that each needs at the serving side. */
const CIPHERS = [
  ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ec'],
  ['ECDHE-RSA-AES128-GCM-SHA256', 'rsa'],
  ['ECDHE-ECDSA-AES128-SHA256', 'ec'],
  ['ECDHE-RSA-AES128-SHA256', 'rsa'],
  ['ECDHE-ECDSA-AES256-GCM-SHA384', 'ec'],
  ['ECDHE-RSA-AES256-GCM-SHA384', 'rsa'],
  ['ECDHE-ECDSA-AES256-SHA384', 'ec'],
  ['ECDHE-RSA-AES256-SHA384', 'rsa'],
  ['AES128-GCM-SHA256', 'rsa'],
  ['AES128-SHA256', 'rsa'],
  ['AES128-SHA', 'rsa'],
  ['AES256-GCM-SHA384', 'rsa'],
  ['AES256-SHA256', 'rsa'],
  ['AES256-SHA', 'rsa'],
] as const;
const EDGES = { rsa: '203.0.113.1', ec: '203.0.113.2' } as const;
const INSIDE = { rsa: '10.9.0.1', ec: '10.9.0.2' } as const;
const CARRIER = '54.172.60.1';
const PBX = '10.9.0.3';

interface Rig {
  readonly host: TestHost;
  readonly directory: TempDirectory;
  readonly one: CertificateAuthority;
  readonly two: CertificateAuthority;
  readonly unknown: CertificateAuthority;
}

async function openRig(): Promise<Rig> {
  const directory = new TempDirectory('tls');
  const [one, two, unknown] = await Promise.all(
    ['Root One', 'Root Two', 'Unknown Root'].map(async (name) => CertificateAuthority.create(directory, name)),
  );
  if (one === undefined || two === undefined || unknown === undefined) throw new Error('no authorities');
  const all = [...Object.values(EDGES), ...Object.values(INSIDE), CARRIER, PBX];
  const host = await TestHost.open(all.map((address) => `${address}/32`));
  return { host, directory, one, two, unknown };
}

async function startEdge(
  { host, one, two }: Rig,
  kind: 'rsa' | 'ec',
  trunks: readonly TrunkEntry[],
  names: readonly string[],
  pbx = 'sip:pbx@10.9.0.3:5060',
): Promise<Edge> {
  const certificate = await one.issue(`edge-${kind}`, { commonName: 'edge', names: ['edge.example.org'], key: kind });
  return Edge.start(host, {
    ...{ inside: { address: INSIDE[kind], port: 5060 }, outsideAddress: EDGES[kind], trunks, certificate },
    ...{ insideHosts: [pbx], insideSources: [PBX], hosts: Object.fromEntries(names.map((name) => [name, CARRIER])) },
    roots: [one.root, two.root],
  });
}

function trunkTo(name: string, domain: string, port: number): TrunkEntry {
  const destinations = [`sip:${domain}:${port};transport=tls`];
  return { name, secure: 'required', profile: 'twilio', destinations, sources: [] };
}

describe('TLS of the edge', () => {
  let rig: Rig;
  let servers: RunningProcess[];
  const domain = (at: number): string => `t${at}.example.net`;

  beforeAll(async () => {
    rig = await openRig();
    const { host, one } = rig;
    const certificates = {
      rsa: await one.issue('carrier-rsa', { commonName: 'c', names: ['*.example.net'], key: 'rsa' }),
      ec: await one.issue('carrier-ec', { commonName: 'c', names: ['*.example.net'], key: 'ec' }),
    };
    servers = CIPHERS.map(([cipher, kind], at) => serve(host, certificates[kind], 7_000 + at, cipher));
    const trunks = CIPHERS.map((_, at) => trunkTo(`t${at}`, domain(at), 7_000 + at));
    await Promise.all([
      startEdge(
        rig,
        'rsa',
        trunks,
        CIPHERS.map((_, at) => domain(at)),
      ),
      startEdge(rig, 'ec', [trunkTo('t0', domain(0), 7_000)], [domain(0)]),
    ]);
  });
  afterAll(async () => {
    await rig.host.close();
    rig.directory.remove();
  });

  /** A carrier that can do one cipher and no more. */
  function serve(host: TestHost, { certificate, key }: Certificate, port: number, cipher: string): RunningProcess {
    const listen = ['-accept', `${CARRIER}:${port}`, '-cert', certificate, '-key', key];
    return host.spawn(cipher, 'openssl', ['s_server', ...listen, '-tls1_2', '-cipher', cipher]);
  }

  /** What `openssl s_client` says of one handshake. */
  async function handshake(to: string, ...options: readonly string[]): Promise<string> {
    const { stdout, stderr } = await rig.host.run('openssl', ['s_client', '-connect', to, ...options]);
    return stdout + stderr;
  }

  it.each(CIPHERS)('T6 %s alone is accepted from a trunk, with a key of kind %s', async (cipher, kind) => {
    const said = await handshake(`${EDGES[kind]}:5061`, '-tls1_2', '-cipher', cipher);
    expect(said).toMatch(new RegExp(`Cipher is ${cipher}$`, 'm'));
    expect(said).toMatch(/^ *Protocol *: TLSv1\.2$/m);
  });

  it.each(CIPHERS.map(([cipher], at) => ({ cipher, at })))(
    'T6 $cipher alone is enough to reach a trunk',
    async ({ cipher, at }) => {
      const said = await servers[at]!.waitForOutput(/^CIPHER is (\S+)$/m, 10_000);
      expect(said[1]).toBe(cipher);
    },
  );

  it.each([
    ['1.0', '-tls1'],
    ['1.1', '-tls1_1'],
  ])('T6 TLS %s is refused, though this openssl can speak it', async (_version, option) => {
    const old = [option, '-cipher', 'ALL:@SECLEVEL=0'];
    const refused = await handshake(`${EDGES.rsa}:5061`, ...old);
    expect(refused).toMatch(/alert protocol version/);
    expect(refused).toMatch(/Cipher is \(NONE\)/);
    const { certificate, key } = await rig.one.issue('old', { commonName: 'old', names: ['old'] });
    const control = rig.host.spawn('old server', 'openssl', [
      ...['s_server', '-accept', `${CARRIER}:7999`, '-cert', certificate, '-key', key],
      ...['-cipher', 'ALL:@SECLEVEL=0'],
    ]);
    await control.waitForOutput(/ACCEPT/);
    expect(await handshake(`${CARRIER}:7999`, ...old)).toMatch(/Cipher is [A-Z0-9-]+$/m);
    await control.stop();
  });

  it('T6 TLS 1.3 is accepted, and a TLS 1.2 suite that is not on the list is not', async () => {
    expect(await handshake(`${EDGES.rsa}:5061`, '-tls1_3')).toMatch(/TLSv1\.3, Cipher is TLS_AES_/);
    const other = await handshake(`${EDGES.rsa}:5061`, '-tls1_2', '-cipher', 'ECDHE-RSA-CHACHA20-POLY1305');
    expect(other).toMatch(/Cipher is \(NONE\)/);
  });
});

describe('certificates of trunks', () => {
  const FAR_ENDS = [
    { name: 'wildcard', domain: 'acme.sip.us1.twilio.com', names: ['*.sip.us1.twilio.com', '*.sip.twilio.com'] },
    { name: 'second-root', domain: 'acme.sip.ie1.twilio.com', names: ['*.sip.ie1.twilio.com'] },
    { name: 'exact', domain: 'siplink.telephony.goog', names: ['siplink.telephony.goog'] },
    {
      name: 'chime',
      domain: 'abcdef1ghij2klmno3pqr4.voiceconnector.chime.aws',
      names: ['*.voiceconnector.chime.aws'],
    },
    { name: 'deeper', domain: 'a.b.sip.us2.twilio.com', names: ['*.sip.us2.twilio.com'] },
    { name: 'wrong-name', domain: 'acme.sip.jp1.twilio.com', names: ['*.sip.example.com'] },
    { name: 'wrong-root', domain: 'acme.sip.au1.twilio.com', names: ['*.sip.au1.twilio.com'] },
  ] as const;
  const GOOD: readonly string[] = ['wildcard', 'second-root', 'exact', 'chime'];
  let rig: Rig;
  let edge: Edge;
  let pbx: SipAgent;
  const peers = new Map<string, TlsPeer>();
  const uri = (domain: string, at: number): string => `sip:${domain}:${7_100 + at};transport=tls`;

  beforeAll(async () => {
    rig = await openRig();
    const { host, one, two, unknown } = rig;
    const authorities = { 'second-root': two, 'wrong-root': unknown } as const;
    for (const [at, { name, names }] of FAR_ENDS.entries()) {
      const authority = name === 'second-root' || name === 'wrong-root' ? authorities[name] : one;
      const certificate = await authority.issue(name, { commonName: 'Far End', names, key: 'ec' });
      peers.set(name, await TlsPeer.open(host, CARRIER, 7_100 + at, certificate));
    }
    pbx = await SipAgent.open(host, 'pbx', { address: INSIDE.rsa, port: 5060 }, PBX);
    const trunks = FAR_ENDS.map(({ name, domain }, at) => trunkTo(name, domain, 7_100 + at));
    edge = await startEdge(
      rig,
      'rsa',
      trunks,
      FAR_ENDS.map(({ domain }) => domain),
      pbx.uri,
    );
  });
  afterAll(async () => {
    for (const peer of peers.values()) peer.close();
    await rig.host.close();
    rig.directory.remove();
  });

  it.each(FAR_ENDS.map((end, at) => ({ ...end, at })).filter(({ name }) => GOOD.includes(name)))(
    'T7 $domain comes up ($name)',
    async ({ name, domain, at }) => {
      await edge.waitUntilUp(uri(domain, at));
      expect(peers.get(name)?.asked.at(-1)).toEqual({
        serverName: domain,
        requestUri: `OPTIONS ${uri(domain, at)} SIP/2.0`,
      });
    },
  );

  it.each(FAR_ENDS.map((end, at) => ({ ...end, at })).filter(({ name }) => !GOOD.includes(name)))(
    'T7 $domain is kept down and gets no call ($name)',
    async ({ name, domain, at }) => {
      const complaint =
        name === 'wrong-root' ? /verification|verify failed/i : new RegExp(`${domain} shows a certificate of`);
      await waitFor('a complaint', () => complaint.test(edge.process.output), { timeoutMilliseconds: 10_000 });
      const dialog = await pbx.invite(`sip:+15550100@${domain}`, buildSdp({ port: 9 }));
      await dialog.waitForStatus(503);
      expect(edge.process.output).not.toContain(`destination up: ${uri(domain, at)}`);
      const asked = peers.get(name)?.asked.map(({ requestUri }) => requestUri.split(' ')[0]) ?? [];
      expect(asked).not.toContain('INVITE');
      // A chain that leads nowhere ends the handshake; a wrong name is seen with the first answer.
      if (name === 'wrong-root') expect(asked).toEqual([]);
    },
  );

  it.each([
    ['X1 Google shows a certificate without a wildcard', 'exact'],
    ['X3 Chime shows one for *.voiceconnector.chime.aws', 'chime'],
  ])('%s, and comes up', async (_title, wanted) => {
    const at = FAR_ENDS.findIndex(({ name }) => name === wanted);
    await edge.waitUntilUp(uri(FAR_ENDS[at]!.domain, at));
  });

  it('T7 check-trunks.mjs --connect tells the good ones from the bad ones, and why', async () => {
    const hosts = edge.directory.file('hosts');
    const script = 'mount --bind "$0" /etc/hosts && exec "$@"';
    const command = [process.execPath, `${DEPLOYED}check-trunks.mjs`, edge.directory.path, '--connect'];
    writeFileSync(edge.directory.file('sources.list'), '1 10.9.0.3 32\n');
    const { stdout, stderr } = await rig.host.run('unshare', ['-m', 'sh', '-c', script, hosts, ...command]);
    for (const [at, { name, domain }] of FAR_ENDS.entries()) {
      const place = `${domain}:${7_100 + at}`;
      if (GOOD.includes(name)) expect(stdout).toContain(`${place}: chain and name are good`);
      else expect(stderr).toContain(`${place}: `);
    }
    expect(stderr).toMatch(/jp1\.twilio\.com:\d+: Hostname\/IP does not match certificate's altnames/);
    expect(stderr).toMatch(/au1\.twilio\.com:\d+: unable to (verify the first|get local issuer) certificate/);
  });
});
