import { describe, expect, it } from 'vitest';
import { PORT_COUNTERS, STREAM_COUNTERS, WORKER_COUNTERS } from '../../src/relay/counters.js';
import { CRYPTO_SUITES } from '../../src/srtp/crypto-suite.js';
import { addon, newRelay } from './seam.js';

describe('The tables of both languages agree', () => {
  const layout = addon.slabLayout();

  it('on the words of the counter slab and their order', () => {
    expect(layout.workerCounters).toEqual([...WORKER_COUNTERS]);
    expect(layout.portCounters).toEqual([...PORT_COUNTERS]);
    expect(layout.streamCounters).toEqual([...STREAM_COUNTERS]);
  });

  it('on the room that these words take, in whole cache lines', () => {
    const { slotOffset, slotBytes, streamBytes } = layout;
    expect(slotOffset).toBeGreaterThanOrEqual(8 * WORKER_COUNTERS.length);
    expect(slotBytes).toBeGreaterThanOrEqual(8 * PORT_COUNTERS.length);
    expect(streamBytes).toBeGreaterThanOrEqual(8 * STREAM_COUNTERS.length);
    expect([slotOffset, slotBytes, streamBytes].map((size) => size % 64)).toEqual([0, 0, 0]);
  });

  it('on the size of a whole slab', () => {
    const { relay } = newRelay({ workers: 1, portsPerWorker: 10 });
    const portBytes = layout.slotBytes + layout.streamsPerPort * layout.streamBytes;
    expect(relay.slab(0).byteLength).toBe(layout.slotOffset + 10 * portBytes);
    expect(relay.slab(0)).toBe(relay.slab(0));
    expect(() => relay.slab(1)).toThrow(RangeError);
    relay.close();
  });

  it('on the crypto suites: names, order and all four lengths', () => {
    const columns = ['name', 'masterKeyLength', 'masterSaltLength', 'srtpTagLength', 'srtcpTagLength'] as const;
    const native = addon.cryptoSuites().map((row) => columns.map((column) => row[column]));
    expect(native).toEqual(CRYPTO_SUITES.map((suite) => columns.map((column) => suite[column])));
  });
});

describe('This build', () => {
  it('can do the two suites that every peer knows, and says of each row whether it can', () => {
    const usable = new Map(addon.cryptoSuites().map((row) => [row.name, row.usable]));
    expect(usable.get('AES_CM_128_HMAC_SHA1_80')).toBe(true);
    expect(usable.get('AES_CM_128_HMAC_SHA1_32')).toBe(true);
    expect([...usable.values()].every((value) => typeof value === 'boolean')).toBe(true);
  });

  it('names the libsrtp and the OpenSSL inside it', () => {
    expect(addon.versions().libsrtp).toMatch(/^(libsrtp2? )?2\.[5-8]\.\d+$/);
    expect(addon.versions().openssl).toMatch(/3\.\d+\.\d+/);
  });
});
