import type { MediaPort } from '../relay/media-port.js';
import type { Relay } from '../relay/relay.js';
import { anchorError, type AnchorError } from '../shared/errors.js';
import { err, ok, type Result } from '../shared/result.js';
import type { Interface } from './interfaces.js';

/** An open port together with the interface whose pool its number came from. */
export interface AllocatedPort {
  readonly port: MediaPort;
  readonly interface: Interface;
}

export interface AllocatedPair {
  readonly rtp: AllocatedPort;
  /** null: RTCP is muxed, or the media is not RTP. */
  readonly rtcp: AllocatedPort | null;
}

/** Numbers held by other programs may be met; a range full of them must not cost thousands of system calls. */
const MAXIMUM_TRIES = 256;

/** Opens ports on an interface: takes a number, binds it, tries the next when somebody else has it. */
export class PortAllocator {
  readonly #relay: Relay;
  readonly #onFailure: (interfaceName: string) => void;

  constructor(relay: Relay, onFailure: (interfaceName: string) => void) {
    this.#relay = relay;
    this.#onFailure = onFailure;
  }

  /** `RTP` on an even number and, with `withRtcp`, RTCP on the next. */
  openPair(on: Interface, worker: number, trafficClass: number, withRtcp: boolean): Result<AllocatedPair, AnchorError> {
    let tries = 0;
    for (const number of on.pool.pairCandidates()) {
      tries += 1;
      if (tries > MAXIMUM_TRIES) break;
      const rtp = this.#open(on, worker, trafficClass, number);
      if (!rtp.ok && rtp.error === 'EADDRINUSE') continue;
      if (!rtp.ok) return this.#fail(on, rtp.error);
      if (!withRtcp) return ok({ rtp: rtp.value, rtcp: null });
      const rtcp = this.#open(on, worker, trafficClass, number + 1);
      if (rtcp.ok) return ok({ rtp: rtp.value, rtcp: rtcp.value });
      this.release(rtp.value);
      if (rtcp.error !== 'EADDRINUSE') return this.#fail(on, rtcp.error);
    }
    return this.#fail(on, null);
  }

  /** One more port beside an RTP port that is already open, on the next number when that is free. */
  openRtcp(beside: AllocatedPort, trafficClass: number): Result<AllocatedPort, AnchorError> {
    const on = beside.interface;
    let tries = 0;
    for (const number of on.pool.singleCandidates(beside.port.number + 1)) {
      tries += 1;
      if (tries > MAXIMUM_TRIES) break;
      const opened = this.#open(on, beside.port.worker, trafficClass, number);
      if (opened.ok) return opened;
      if (opened.error !== 'EADDRINUSE') return this.#fail(on, opened.error);
    }
    return this.#fail(on, null);
  }

  release(allocated: AllocatedPort): void {
    allocated.port.close();
    allocated.interface.pool.giveBack(allocated.port.number);
  }

  #open(on: Interface, worker: number, trafficClass: number, number: number): Result<AllocatedPort, string> {
    const opened = this.#relay.openPort({ worker, address: on.address, port: number, trafficClass });
    if (!opened.ok) return opened;
    on.pool.take(number);
    return ok({ port: opened.value, interface: on });
  }

  #fail(on: Interface, errno: string | null): { readonly ok: false; readonly error: AnchorError } {
    this.#onFailure(on.name);
    if (errno === null) return err(anchorError('out-of-ports'));
    // Out of descriptors, memory or slots: another node may do better, so the text proxies fail over on.
    if (errno === 'EMFILE' || errno === 'ENFILE' || errno === 'ENOMEM' || errno === 'ENOBUFS' || errno === 'ENOSPC') {
      return err(anchorError('out-of-ports', errno));
    }
    return err(anchorError('socket-error', `${errno} on ${on.address}`));
  }
}
