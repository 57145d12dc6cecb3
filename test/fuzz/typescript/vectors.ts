import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../../vectors');

interface Datagrams {
  readonly datagrams?: readonly { readonly datagram?: string }[];
}

/** The bodies under test/vectors/sdp. */
export function sdpVectors(): readonly Buffer[] {
  return readdirSync(join(folder, 'sdp'))
    .filter((name) => name.endsWith('.sdp'))
    .map((name) => readFileSync(join(folder, 'sdp', name)));
}

/** The messages of proxies under test/vectors/ng, cookie included. */
export function ngVectors(): readonly Buffer[] {
  return readdirSync(join(folder, 'ng'))
    .map((name) => JSON.parse(readFileSync(join(folder, 'ng', name), 'utf8')) as Datagrams)
    .flatMap(({ datagrams }) => datagrams ?? [])
    .flatMap(({ datagram }) => (datagram === undefined ? [] : [Buffer.from(datagram, 'latin1')]));
}

/** The values of all a=crypto lines in the bodies. */
export function cryptoVectors(): readonly Buffer[] {
  return sdpVectors()
    .flatMap((body) => [...body.toString('latin1').matchAll(/^a=crypto:(.*?)\r?$/gm)])
    .map(([, value]) => Buffer.from(value!, 'latin1'));
}
