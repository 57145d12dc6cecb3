import { DEFAULT_POLICY, type Policy } from '../negotiation/policy.js';
import { anchorError, type AnchorError } from '../shared/errors.js';
import { err, ok, type Result } from '../shared/result.js';

/** How one far end is treated. */
export interface LegPolicy {
  readonly policy: Policy;
  /** Networks from which media of such a leg is taken, `address/prefix`; empty = any. */
  readonly allowedSources: readonly string[];
}

/**
 * The operator's policies: the default, the trunk profiles by name, and the interfaces that stand for a profile. A
 * reload replaces the whole book; calls in progress keep what they negotiated.
 */
export class PolicyBook {
  readonly #default: LegPolicy;
  readonly #profiles: ReadonlyMap<string, LegPolicy>;
  readonly #profileOfInterface: ReadonlyMap<string, string>;

  constructor(
    defaultPolicy: LegPolicy = { policy: DEFAULT_POLICY, allowedSources: [] },
    profiles: ReadonlyMap<string, LegPolicy> = new Map(),
    profileOfInterface: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#default = defaultPolicy;
    this.#profiles = profiles;
    this.#profileOfInterface = profileOfInterface;
  }

  /** What the proxy named goes before what the interface stands for. */
  for(profile: string | null, interfaceName: string): Result<LegPolicy, AnchorError> {
    const name = profile ?? this.#profileOfInterface.get(interfaceName) ?? null;
    if (name === null) return ok(this.#default);
    const policy = this.#profiles.get(name);
    if (policy !== undefined) return ok(policy);
    const known = [...this.#profiles.keys()].join(', ') || 'none';
    return err(anchorError('bad-value', `no trunk profile ${name}; known: ${known}`));
  }
}
