import { describe, expect, it } from 'vitest';
import { Interfaces, type Interface } from '../../../src/session/interfaces.js';
import { PortPool } from '../../../src/session/port-pool.js';

function one(name: string, family: 'IP4' | 'IP6', address: string): Interface {
  const pool = new PortPool({ minimum: 30_000, maximum: 30_001, quarantineMilliseconds: 0, now: () => 0 });
  return { name, family, address, advertised: address, allowedSources: [], pool };
}

const inside = one('inside', 'IP4', '127.0.0.1');
const outside4 = one('outside', 'IP4', '127.0.0.2');
const outside6 = one('outside', 'IP6', '::1');
const interfaces = new Interfaces([inside, outside4, outside6]);

describe('logical interfaces', () => {
  it.each([
    [null, null, inside],
    [null, 'IP6', outside6],
    ['outside', 'IP4', outside4],
    ['outside', 'IP6', outside6],
    ['internal', 'IP4', inside],
    ['external', null, inside],
    ['inside', 'IP6', outside6],
  ] as const)('the name %s with family %s gives the right one', (name, family, expected) => {
    expect(interfaces.choose(name, family)).toEqual({ ok: true, value: expected });
  });

  it('an unknown name is refused with the known ones', () => {
    const chosen = interfaces.choose('lan', null);
    expect(chosen).toMatchObject({
      ok: false,
      error: { code: 'unknown-interface', detail: 'lan; known: inside, outside' },
    });
  });

  it('a family that nothing speaks is refused', () => {
    expect(new Interfaces([inside]).choose(null, 'IP6')).toMatchObject({
      ok: false,
      error: { code: 'unknown-interface' },
    });
  });
});
