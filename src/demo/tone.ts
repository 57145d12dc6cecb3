/** G.711 µ-law at 8 kHz in 20 ms packets: what telephones speak (RFC 3551 §4.5.14). */
export const SAMPLE_RATE = 8_000;
export const SAMPLES_PER_PACKET = 160;

const BIAS = 0x84;
const CLIP = 32_635;

/** One 16-bit sample as µ-law (ITU-T G.711). */
export function encodeMuLaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), CLIP) + BIAS;
  const exponent = Math.max(0, 31 - Math.clz32(magnitude) - 7);
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

export function decodeMuLaw(octet: number): number {
  const inverted = ~octet & 0xff;
  const exponent = (inverted >> 4) & 0x07;
  const magnitude = (((inverted & 0x0f) << 3) + BIAS) << exponent;
  return (inverted & 0x80) !== 0 ? BIAS - magnitude : magnitude - BIAS;
}

/** The `index`-th packet of a sine of `frequency` hertz, at a quarter of full scale. */
export function tonePacket(frequency: number, index: number): Buffer {
  const payload = Buffer.alloc(SAMPLES_PER_PACKET);
  for (let position = 0; position < SAMPLES_PER_PACKET; position += 1) {
    const time = (index * SAMPLES_PER_PACKET + position) / SAMPLE_RATE;
    payload[position] = encodeMuLaw(Math.round(8_192 * Math.sin(2 * Math.PI * frequency * time)));
  }
  return payload;
}

/** Level of one frequency in decibels below full scale, by Goertzel's algorithm; -Infinity for silence. */
export function levelOf(frequency: number, samples: readonly number[]): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * frequency) / SAMPLE_RATE);
  let previous = 0;
  let beforePrevious = 0;
  for (const sample of samples) {
    const current = sample + coefficient * previous - beforePrevious;
    beforePrevious = previous;
    previous = current;
  }
  const power = previous ** 2 + beforePrevious ** 2 - coefficient * previous * beforePrevious;
  const amplitude = samples.length === 0 ? 0 : (2 * Math.sqrt(Math.max(0, power))) / samples.length;
  return 20 * Math.log10(amplitude / 32_768);
}
