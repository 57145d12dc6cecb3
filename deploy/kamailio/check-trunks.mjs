#!/usr/bin/env node
// Judges trunks.cfg, trunks.list, sources.list and tls.cfg together, before Kamailio reads them:
//
//   node check-trunks.mjs [DIRECTORY]             0 = good, 1 = there are mistakes, each on a line of its own
//   node check-trunks.mjs [DIRECTORY] --connect   also connects to every TLS destination and verifies chain and name
//
// Why a script: Kamailio starts with each of these mistakes, and they show as calls that fail at the far end.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { connect } from 'node:tls';

const SECURE_WORDS = ['off', 'preferred', 'required'];
/** What the relay's built-in profiles say about SRTP; profiles of your own are not known here. */
export const PROFILE_POLICIES = {
  twilio: 'required',
  'twilio-tls': 'off',
  'twilio-plain': 'off',
  ibm: 'preferred',
  genesys: 'off',
  teams: 'required',
  google: 'required',
  chime: 'required',
  rtp: 'off',
  srtp: 'required',
  any: 'preferred',
};
const CONNECT_MILLISECONDS = 5_000;

/** Lines without comments, numbered from 1. */
function linesOf(directory, name) {
  const text = readFileSync(join(directory, name), 'utf8');
  return text
    .split('\n')
    .map((line, at) => ({ text: line.replace(/(^|\s)#.*$/, '').trim(), where: `${name}:${at + 1}` }))
    .filter(({ text: rest }) => rest !== '');
}

/** trunks.cfg: settings by trunk, and which domain belongs to which trunk. */
function readTrunks(directory, problems) {
  const trunks = new Map();
  const domains = new Map();
  for (const { text, where } of linesOf(directory, 'trunks.cfg')) {
    const [, key, value] = /^\$sht\(trunk=>(\S+)\)\s*=\s*"([^"]*)";$/.exec(text) ?? [];
    if (key === undefined) {
      if (text.includes('$sht(trunk=>')) problems.push(`${where}: not of the form $sht(trunk=>KEY) = "VALUE";`);
      continue;
    }
    const [, domain] = /^at:(.+)$/.exec(key) ?? [];
    const [, name, setting] = /^([A-Za-z0-9_-]+)\.(set|secure|profile)$/.exec(key) ?? [];
    if (domain !== undefined) domains.set(domain, { trunk: value, where });
    else if (name !== undefined) trunks.set(name, { where, ...trunks.get(name), name, [setting]: value });
    else if (!key.startsWith('certificate:')) problems.push(`${where}: unknown key ${key}`);
  }
  return { trunks, domains };
}

function readDestinations(directory, problems) {
  return linesOf(directory, 'trunks.list').flatMap(({ text, where }) => {
    const [set, uri, flags = '0', , attributes = ''] = text.split(/\s+/);
    const [, scheme, host, port, transport = 'udp'] =
      /^(sips?):([^:;]+)(?::(\d+))?(?:;transport=(\w+))?$/.exec(uri ?? '') ?? [];
    if (host === undefined) {
      problems.push(`${where}: ${uri ?? 'nothing'} is no SIP URI of the form sip:DOMAIN:PORT;transport=tls`);
      return [];
    }
    const duid = /(?:^|;)duid=([^;]+)/.exec(attributes)?.[1] ?? null;
    const secure = transport === 'tls';
    return [
      { set, uri, scheme, host, port: Number(port ?? (secure ? 5061 : 5060)), transport, secure, flags, duid, where },
    ];
  });
}

function checkTrunk(trunk, destinations, problems) {
  const { name, secure, profile, set, where } = trunk;
  const say = (text) => problems.push(`${where}: ${name}: ${text}`);
  if (!SECURE_WORDS.includes(secure))
    say(`secure is ${secure ?? 'missing'}, expected one of ${SECURE_WORDS.join(', ')}`);
  if (profile === undefined) say('profile is missing');
  const policy = PROFILE_POLICIES[profile];
  if (policy !== undefined && policy !== secure) {
    say(`secure is ${secure}, but the relay's profile ${profile} says ${policy}: calls would fail with 488`);
  }
  const own = destinations.filter((destination) => destination.set === set);
  if (set === '1') say('set 1 is for your own hosts');
  else if (own.length === 0) say(`set ${set ?? 'missing'} has no destination in trunks.list`);
  for (const destination of own) checkDestination(destination, trunk, problems);
}

/** Trunks know three forms: 5060 plain without SRTP, 5061 TLS without SRTP, 5061 TLS with SRTP. Nothing else. */
function checkDestination(
  { where, uri, scheme, host, port, transport, secure: tls, flags },
  { name, secure },
  problems,
) {
  const say = (text) => problems.push(`${where}: ${name}: ${text}`);
  if (scheme === 'sips') say(`${uri}: trunks do not take sips:, write sip:${host}:5061;transport=tls`);
  if (!tls && secure !== 'off') {
    say(
      `${uri} has no TLS and secure is ${secure}: SRTP on 5060 does not exist, its keys would travel in clear. ` +
        'Use port 5061 with transport=tls, or secure off',
    );
  }
  if (tls && port === 5060) say(`${uri}: port 5060 is the one without TLS; TLS is on 5061`);
  if (!tls && port === 5061) say(`${uri}: port 5061 is the one with TLS; add ;transport=tls or use 5060`);
  if (!['udp', 'tcp', 'tls'].includes(transport)) say(`${uri}: transport ${transport} is not udp, tcp or tls`);
  if (isIP(host) !== 0) say(`${uri}: the next hop must be the trunk's domain; to an address it answers 403`);
  if (tls && flags !== '9') {
    say(`${uri}: flags must be 9, so that no call goes there before its certificate has been seen`);
  }
}

function checkDomains({ trunks, domains }, destinations, problems) {
  for (const [domain, { trunk, where }] of domains) {
    if (!trunks.has(trunk)) problems.push(`${where}: ${domain} belongs to trunk ${trunk}, which is not there`);
  }
  const sets = new Map([...trunks.values()].map(({ set, name }) => [set, name]));
  for (const { set, where } of destinations) {
    if (set !== '1' && !sets.has(set)) problems.push(`${where}: set ${set} belongs to no trunk of trunks.cfg`);
  }
  const seen = new Set();
  for (const { duid, where } of destinations) {
    if (duid !== null && seen.has(duid)) problems.push(`${where}: duid ${duid} is there twice`);
    seen.add(duid);
  }
  if (!destinations.some(({ set }) => set === '1')) problems.push('trunks.list: no host of yours (set 1)');
}

function checkSources(directory, { trunks }, problems) {
  const groups = linesOf(directory, 'sources.list').map(({ text, where }) => {
    const [group, address = '', mask = '', , tag] = text.split(/\s+/);
    if (isIP(address) === 0) problems.push(`${where}: ${address || 'nothing'} is no address`);
    if (mask !== '' && !(Number(mask) >= 1 && Number(mask) <= 128)) problems.push(`${where}: ${mask} is no mask`);
    if (group === '2' && !trunks.has(tag)) {
      problems.push(`${where}: group 2 needs the name of a trunk as its tag, not ${tag ?? 'nothing'}`);
    }
    return group;
  });
  if (!groups.includes('1')) problems.push('sources.list: nobody inside may call (group 1)');
}

function readTlsProfiles(directory) {
  const profiles = [];
  for (const { text, where } of linesOf(directory, 'tls.cfg')) {
    const [, side] = /^\[(\w+):/.exec(text) ?? [];
    const [key, value] = text.split(/\s*=\s*/);
    if (side !== undefined) profiles.push({ side, where, title: text });
    else if (profiles.length > 0) profiles.at(-1)[key] = value;
  }
  return profiles;
}

function checkTls(directory, problems) {
  for (const profile of readTlsProfiles(directory)) {
    const say = (text) => problems.push(`${profile.where}: ${profile.title} ${text}`);
    if (!['TLSv1.2+', 'TLSv1.2', 'TLSv1.3', 'TLSv1.3+'].includes(profile.method)) {
      say(`method ${profile.method ?? 'missing'}: trunks take TLS 1.2 and newer`);
    }
    if (profile.side !== 'client') continue;
    if (profile.verify_certificate !== 'yes')
      say('verify_certificate must be yes: SRTP keys travel on this connection');
    if (profile.ca_list === undefined) say('ca_list is missing: no certificate can be verified');
  }
}

/** Chain and name, as RFC 6125 has it; the tls module of Kamailio 5.6 verifies the chain only. */
function verify({ host, port }, roots, address) {
  return new Promise((done) => {
    const socket = connect({
      host: address ?? host,
      port,
      servername: host,
      ca: roots,
      minVersion: 'TLSv1.2',
      timeout: CONNECT_MILLISECONDS,
    });
    const finish = (text) => {
      socket.destroy();
      done(text);
    };
    socket.once('secureConnect', () => finish(null));
    socket.once('timeout', () => finish('no answer'));
    socket.once('error', (error) => finish(error.message));
  });
}

async function checkConnections(directory, destinations, problems) {
  const roots = readFileSync(join(directory, 'tls/roots.pem'), 'utf8').match(/-----BEGIN[^]+?-----END [A-Z ]+-----/g);
  for (const destination of destinations.filter(({ secure }) => secure)) {
    const failure = await verify(destination, roots ?? []);
    if (failure !== null) problems.push(`${destination.where}: ${destination.host}:${destination.port}: ${failure}`);
    else process.stdout.write(`${destination.host}:${destination.port}: chain and name are good\n`);
  }
}

async function main(args) {
  const directory = resolve(args.find((arg) => !arg.startsWith('--')) ?? '.');
  const problems = [];
  const settings = readTrunks(directory, problems);
  const destinations = readDestinations(directory, problems);
  for (const trunk of settings.trunks.values()) checkTrunk(trunk, destinations, problems);
  checkDomains(settings, destinations, problems);
  checkSources(directory, settings, problems);
  checkTls(directory, problems);
  if (args.includes('--connect')) await checkConnections(directory, destinations, problems);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length === 0) {
    const names = [...settings.trunks.values()].map(({ name, secure }) => `${name} (${secure})`);
    process.stdout.write(`${names.length} trunks are good: ${names.join(', ')}\n`);
  }
  return problems.length === 0 ? 0 : 1;
}

if (process.argv[1] === import.meta.filename) process.exitCode = await main(process.argv.slice(2));
