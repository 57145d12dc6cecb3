import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../../vectors/sdp/', import.meta.url);

export interface VendorBody {
  readonly name: string;
  readonly text: string;
}

/** Bodies as phones, servers and trunks write them, composed for these tests; the keys in them secure nothing. */
export const VENDOR_BODIES: readonly VendorBody[] = readdirSync(folder)
  .filter((file) => file.endsWith('.sdp'))
  .sort()
  .map((file) => ({ name: file.slice(0, -'.sdp'.length), text: readFileSync(new URL(file, folder), 'latin1') }));
