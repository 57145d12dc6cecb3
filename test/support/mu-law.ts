/** G.711 μ-law: one octet a sample at 8,000 samples a second. */
const BIAS = 0x84;
const CLIP = 32_635;

export function encodeMuLaw(samples: Int16Array): Buffer {
  return Buffer.from(samples.map(encodeSample));
}

export function decodeMuLaw(octets: Buffer): Int16Array {
  return Int16Array.from(octets, decodeSample);
}

function encodeSample(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), CLIP) + BIAS;
  const exponent = Math.max(0, 31 - Math.clz32(magnitude) - 7);
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

function decodeSample(octet: number): number {
  const bits = ~octet & 0xff;
  const magnitude = (((bits & 0x0f) << 3) + BIAS) << ((bits >> 4) & 0x07);
  return bits & 0x80 ? BIAS - magnitude : magnitude - BIAS;
}
