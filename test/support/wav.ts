import { readFileSync, writeFileSync } from 'node:fs';

/** Mono 16-bit PCM. */
export interface Sound {
  /** Samples per second. */
  readonly rate: number;
  /** −32768 to 32767. */
  readonly samples: Int16Array;
}

/** A sine of `hertz`, `level` of full scale (0–1). */
export function tone(hertz: number, seconds: number, level = 0.5, rate = 8_000): Sound {
  const samples = Int16Array.from({ length: Math.round(seconds * rate) }, (_, i) =>
    Math.round(32_767 * level * Math.sin((2 * Math.PI * hertz * i) / rate)),
  );
  return { rate, samples };
}

export function writeWav(path: string, { rate, samples }: Sound): void {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length * 2, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length * 2, 40);
  writeFileSync(path, Buffer.concat([header, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]));
}

/** Reads mono 16-bit PCM; tolerates a data length of a recorder that was stopped before it could write it. */
export function readWav(path: string): Sound {
  const file = readFileSync(path);
  let rate = 0;
  for (let at = 12; at + 8 <= file.length;) {
    const name = file.toString('latin1', at, at + 4);
    const length = file.readUInt32LE(at + 4);
    const body = at + 8;
    if (name === 'fmt ') {
      rate = file.readUInt32LE(body + 4);
      const [channels, bits] = [file.readUInt16LE(body + 2), file.readUInt16LE(body + 14)];
      if (channels !== 1 || bits !== 16) throw new Error(`${path}: ${channels} channels of ${bits} bits`);
    }
    if (name === 'data')
      return { rate, samples: samplesOf(file.subarray(body, body + Math.min(length || Infinity, file.length - body))) };
    at = body + length + (length % 2);
  }
  throw new Error(`${path}: no data in ${file.length} octets`);
}

/** Little-endian 16-bit samples. */
export function samplesOf(octets: Buffer): Int16Array {
  return Int16Array.from({ length: octets.length >> 1 }, (_, i) => octets.readInt16LE(i * 2));
}
