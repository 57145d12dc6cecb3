import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

const LARGEST_MAPPING = 256 * 1_048_576;

/** The writable memory of a process, mapping by mapping; those that cannot be read are left out. */
export function readMemory(pid: number): Buffer[] {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    return readFileSync(`/proc/${pid}/maps`, 'utf8')
      .split('\n')
      .flatMap((line) => {
        const [, from = '', to = ''] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
        const size = Number(BigInt(`0x${to || '0'}`) - BigInt(`0x${from || '0'}`));
        return size > 0 && size <= LARGEST_MAPPING ? readMapping(memory, BigInt(`0x${from}`), size) : [];
      });
  } finally {
    closeSync(memory);
  }
}

function readMapping(memory: number, position: bigint, size: number): Buffer[] {
  const octets = Buffer.alloc(size);
  try {
    return [octets.subarray(0, readSync(memory, octets, 0, size, position))];
  } catch {
    return [];
  }
}
