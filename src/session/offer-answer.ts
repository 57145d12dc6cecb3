import type { MediaOptions } from '../negotiation/media-options.js';
import { carriesMark } from '../negotiation/loop-protect.js';
import { negotiateAnswer } from '../negotiation/negotiate-answer.js';
import type { NegotiationContext } from '../negotiation/negotiation-context.js';
import { negotiateOffer } from '../negotiation/negotiate-offer.js';
import type { LocalMedia, NegotiatedMedia } from '../negotiation/negotiated-media.js';
import { initialOrigin, type OriginState } from '../negotiation/origin-state.js';
import { writeAnswer } from '../negotiation/write-answer.js';
import { writeOffer } from '../negotiation/write-offer.js';
import { parseSessionDescription } from '../sdp/parse.js';
import { firstMediaFamily, type SessionDescription } from '../sdp/session-description.js';
import { anchorError, type AnchorError } from '../shared/errors.js';
import { err, ok, type Result } from '../shared/result.js';
import type { CryptoSuiteName } from '../srtp/crypto-suite.js';
import { MasterKey } from '../srtp/master-key.js';
import type { AddressPolicy } from './address-policy.js';
import type { Call, Round } from './call.js';
import type { OfferParties } from './find-parties.js';
import type { Interface, Interfaces } from './interfaces.js';
import { adoptAnswer, adoptOffer, PortPreparation, previousLegs, type SidePorts } from './media-sides.js';
import type { SessionObserver } from './observer.js';
import type { Party } from './party.js';
import type { LegPolicy, PolicyBook } from './policy-book.js';
import type { PortAllocator } from './port-allocator.js';
import { portOptions } from './port-options.js';
import type { PortPlan } from './port-plan.js';
import type { SdpReply } from './requests.js';
import { keysOf, wipeUnused } from './wipe-keys.js';

export interface OfferAnswerParts {
  readonly interfaces: Interfaces;
  readonly allocator: PortAllocator;
  readonly plan: PortPlan;
  readonly observer: SessionObserver;
  readonly addresses: AddressPolicy;
  readonly usableSuites: ReadonlySet<CryptoSuiteName>;
  readonly trafficClass: number;
  /** Marks our SDPs for `loop-protect`. */
  readonly instanceId: string;
}

/**
 * One offer/answer exchange (RFC 3264) between two parties of a call. An offer opens ports and remembers what was
 * offered; nothing that is in use changes before the answer, so a refused re-offer leaves the call as it was.
 */
export class OfferAnswer {
  readonly #parts: OfferAnswerParts;
  policies: PolicyBook;

  constructor(parts: OfferAnswerParts, policies: PolicyBook) {
    this.#parts = parts;
    this.policies = policies;
  }

  /** With `loop-protect`: the body has been through us already, on its way round through the proxy. */
  isOwn(sdp: string, options: MediaOptions): boolean {
    if (!options.loopProtect) return false;
    const parsed = parseSessionDescription(sdp);
    return parsed.ok && carriesMark(parsed.value, this.#parts.instanceId);
  }

  /** `call` is changed only when the result is ok; new parties are added to it. */
  offer(
    call: Call,
    { offerer, answerer }: OfferParties,
    sdp: string,
    options: MediaOptions,
  ): Result<SdpReply, AnchorError> {
    const offer = parse(sdp);
    if (!offer.ok) return offer;
    const faces = this.#faces(offer.value, offerer, answerer, options);
    if (!faces.ok) return faces;
    const profiles = {
      offerer: options.fromProfile ?? offerer.profile,
      answerer: options.toProfile ?? answerer.profile,
    };
    const policies = this.#policies(faces.value, profiles);
    if (!policies.ok) return policies;
    const negotiated = negotiateOffer(offer.value, this.#context(offerer, answerer, policies.value, options));
    if (!negotiated.ok) return negotiated;

    const { media, notes, warnings } = negotiated.value;
    const refused = tooMuch(media) ?? this.#parts.addresses.judge(media, 'offerer', call);
    if (refused !== null) return err(refused);
    const trafficClass = options.trafficClass ?? this.#parts.trafficClass;
    const prepared = new PortPreparation(this.#parts.allocator, call.worker).prepare(
      media,
      { party: offerer, interface: faces.value.offerer, trafficClass },
      { party: answerer, interface: faces.value.answerer, trafficClass },
    );
    if (!prepared.ok) return prepared;

    for (const party of [offerer, answerer]) if (!call.parties.includes(party)) call.add(party);
    adoptOffer(offerer, 'offerer', media, prepared.value.offerer, this.#parts.allocator);
    adoptOffer(answerer, 'answerer', media, prepared.value.answerer, this.#parts.allocator);
    heard(offerer, options);
    offerer.profile = profiles.offerer;
    answerer.profile = profiles.answerer;
    offerer.allowedSources = policies.value.offerer.allowedSources;
    answerer.allowedSources = policies.value.answerer.allowedSources;
    call.setRound({ offerer, answerer, offered: media });
    this.#parts.observer.negotiated(call, 'offer', notes);
    const written = writeOffer(
      offer.value,
      negotiated.value,
      localMedia(media, 'answerer', answerer, options),
      options,
      this.#origin(answerer),
    );
    answerer.origin = written.origin;
    return ok({ sdp: written.sdp, warnings });
  }

  answer(call: Call, round: Round, sdp: string, options: MediaOptions): Result<SdpReply, AnchorError> {
    const { offerer, answerer } = round;
    const answer = parse(sdp);
    if (!answer.ok) return answer;
    const policies = this.#policies(this.#currentFaces(offerer, answerer), {
      offerer: offerer.profile,
      answerer: answerer.profile,
    });
    if (!policies.ok) return policies;
    const context = this.#context(offerer, answerer, policies.value, options);
    const negotiated = negotiateAnswer(answer.value, round.offered, context);
    if (!negotiated.ok) return negotiated;

    const { media, notes, warnings } = negotiated.value;
    const keysBefore = keysOf(offerer, answerer);
    const refused = this.#parts.addresses.judge(media, 'answerer', call);
    if (refused !== null) return err(refused);
    for (const line of media) {
      adoptAnswer(offerer, line, 'offerer', this.#parts.allocator);
      adoptAnswer(answerer, line, 'answerer', this.#parts.allocator);
    }
    heard(answerer, options);
    // A further answer (183, then 200) is judged against this one: it knows which keys are in use.
    call.setRound({ offerer, answerer, offered: media });
    offerer.counterpart = answerer;
    answerer.counterpart = offerer;
    call.answered = true;
    this.configure(call);
    wipeUnused(keysBefore, call);
    this.#parts.observer.negotiated(call, 'answer', notes);
    const written = writeAnswer(
      answer.value,
      negotiated.value,
      localMedia(media, 'offerer', offerer, options),
      options,
      this.#origin(offerer),
    );
    offerer.origin = written.origin;
    return ok({ sdp: written.sdp, warnings });
  }

  /** Brings every port of the call in line with what is agreed now. */
  configure(call: Call): void {
    for (const party of call.parties) {
      for (let index = 0; index < party.media.length; index++) this.#parts.plan.apply(party, index);
    }
  }

  #faces(
    offer: SessionDescription,
    offerer: Party,
    answerer: Party,
    options: MediaOptions,
  ): Result<{ offerer: Interface; answerer: Interface }, AnchorError> {
    const offeredFamily = firstMediaFamily(offer);
    const offererFace = this.#face(offerer, options.fromInterface, offeredFamily);
    if (!offererFace.ok) return offererFace;
    const answererFace = this.#face(answerer, options.toInterface, options.addressFamily ?? offeredFamily);
    if (!answererFace.ok) return answererFace;
    return ok({ offerer: offererFace.value, answerer: answererFace.value });
  }

  /** A party keeps its interface in later rounds unless the proxy names another one. */
  #face(party: Party, name: string | null, family: 'IP4' | 'IP6' | null): Result<Interface, AnchorError> {
    const current = party.media.find((side) => side.rtp !== null)?.rtp?.interface ?? null;
    if (current !== null && (name === null || name === current.name)) return ok(current);
    return this.#parts.interfaces.choose(name, family);
  }

  #currentFaces(offerer: Party, answerer: Party): { offerer: Interface; answerer: Interface } {
    const first = this.#parts.interfaces.all[0];
    const face = (party: Party): Interface | undefined =>
      party.media.find((side) => side.rtp !== null)?.rtp?.interface ?? first;
    const faces = { offerer: face(offerer), answerer: face(answerer) };
    if (faces.offerer === undefined || faces.answerer === undefined) throw new Error('no interface at all');
    return { offerer: faces.offerer, answerer: faces.answerer };
  }

  #origin(party: Party): OriginState {
    return party.origin ?? initialOrigin(this.#parts.instanceId);
  }

  #policies(
    faces: { offerer: Interface; answerer: Interface },
    profiles: { offerer: string | null; answerer: string | null },
  ): Result<{ offerer: LegPolicy; answerer: LegPolicy }, AnchorError> {
    const offerer = this.policies.for(profiles.offerer, faces.offerer.name);
    if (!offerer.ok) return offerer;
    const answerer = this.policies.for(profiles.answerer, faces.answerer.name);
    if (!answerer.ok) return answerer;
    return ok({ offerer: offerer.value, answerer: answerer.value });
  }

  #context(
    offerer: Party,
    answerer: Party,
    policies: { offerer: LegPolicy; answerer: LegPolicy },
    options: MediaOptions,
  ): NegotiationContext {
    return {
      options,
      offererPolicy: policies.offerer.policy,
      answererPolicy: policies.answerer.policy,
      previous: previousLegs(offerer, answerer),
      makeKey: (suite) => MasterKey.generate(suite),
      usableSuites: this.#parts.usableSuites,
    };
  }
}

/** Each takes up to four sockets: one request must neither hold the loop up nor take the ports of hundreds of calls. */
const MAXIMUM_RELAYED_MEDIA = 64;

function tooMuch(media: readonly NegotiatedMedia[]): AnchorError | null {
  const count = media.filter(({ kind }) => kind !== 'rejected').length;
  if (count <= MAXIMUM_RELAYED_MEDIA) return null;
  return anchorError('bad-sdp', `${count} m= lines to relay; at most ${MAXIMUM_RELAYED_MEDIA}`);
}

function parse(sdp: string): Result<SessionDescription, AnchorError> {
  const parsed = parseSessionDescription(sdp);
  return parsed.ok ? parsed : err(anchorError('bad-sdp', parsed.error.message));
}

/** Notes what came with an SDP of `party`. */
function heard(party: Party, options: MediaOptions): void {
  party.options = portOptions(options);
  party.learningRound += 1;
  party.label = options.setLabel ?? options.label ?? party.label;
}

/** What we say about our own ports in the SDP to `party`. */
function localMedia(
  media: readonly NegotiatedMedia[],
  role: 'offerer' | 'answerer',
  party: Party,
  { mediaAddress }: MediaOptions,
): readonly (LocalMedia | null)[] {
  return media.map((line) => {
    const ports: SidePorts = party.media[line.index] ?? { rtp: null, rtcp: null };
    if (line.kind === 'rejected' || ports.rtp === null) return null;
    return {
      family: mediaAddress?.family ?? ports.rtp.interface.family,
      address: mediaAddress?.address ?? ports.rtp.interface.advertised,
      rtpPort: ports.rtp.port.number,
      rtcpPort: line[role].rtcpMux ? null : (ports.rtcp?.port.number ?? null),
    };
  });
}
