import { err, ok, type Result } from '../shared/result.js';
import { anchorError, type AnchorError } from '../shared/errors.js';
import type { PortPool } from './port-pool.js';

/** A logical interface: what the proxy names, the address that is bound, the address that is told to others. */
export interface Interface {
  readonly name: string;
  readonly family: 'IP4' | 'IP6';
  /** Bound. */
  readonly address: string;
  /** Written into SDP; differs behind a one-to-one NAT. */
  readonly advertised: string;
  /** Networks from which media is taken, `address/prefix`; empty = any. */
  readonly allowedSources: readonly string[];
  readonly pool: PortPool;
}

/** Names that proxies use without anybody having defined them: the first interface stands in. */
const CONVENTIONAL = new Set(['internal', 'external', 'default', 'pub', 'priv']);

/** The configured interfaces, in order. The same name may occur once a family. */
export class Interfaces {
  readonly all: readonly Interface[];

  constructor(all: readonly Interface[]) {
    if (all.length === 0) throw new RangeError('at least one interface is needed');
    this.all = all;
  }

  /**
   * The interface of that name (null = the first) that speaks `family` (null = any). A name without the family wanted
   * falls back to any interface of that family, since the address in the SDP must be of the right kind first of all.
   */
  choose(name: string | null, family: 'IP4' | 'IP6' | null): Result<Interface, AnchorError> {
    const named = name === null ? this.all : this.#named(name);
    if (named === null) {
      const known = [...new Set(this.all.map((one) => one.name))].join(', ');
      return err(anchorError('unknown-interface', `${name ?? ''}; known: ${known}`));
    }
    const fits = (one: Interface): boolean => family === null || one.family === family;
    const found = named.find(fits) ?? this.all.find(fits);
    if (found === undefined)
      return err(anchorError('unknown-interface', `no interface speaks ${family ?? 'any family'}`));
    return ok(found);
  }

  #named(name: string): readonly Interface[] | null {
    const found = this.all.filter((one) => one.name === name);
    if (found.length > 0) return found;
    return CONVENTIONAL.has(name) ? this.all : null;
  }
}
