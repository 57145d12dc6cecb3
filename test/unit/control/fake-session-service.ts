import { callId, tag, type CallId } from '../../../src/shared/brand.js';
import { anchorError, type AnchorError } from '../../../src/shared/errors.js';
import { err, ok, type Result } from '../../../src/shared/result.js';
import type { CallReport, PartyReport, StatisticsReport, StreamReport } from '../../../src/session/reports.js';
import type {
  AnswerRequest,
  BlockRequest,
  DeleteRequest,
  OfferRequest,
  QueryRequest,
  SdpReply,
  SessionService,
} from '../../../src/session/requests.js';

const NOTHING = { packets: 0, bytes: 0, errors: 0 };

/** A SessionService that keeps calls in a Map and relays nothing: it remembers what it was asked. */
export class FakeSessionService implements SessionService {
  readonly offers: OfferRequest[] = [];
  readonly answers: AnswerRequest[] = [];
  readonly deletes: DeleteRequest[] = [];
  readonly blocks: BlockRequest[] = [];
  readonly calls = new Map<CallId, CallReport>();
  /** When set, the next offers fail with it. */
  offerError: AnchorError | null = null;
  /** Warnings of the next offers. */
  warnings: readonly string[] = [];
  /** Runs in each offer; throws or burns time. */
  work: () => void = () => undefined;
  /** What an offer answers; the body itself unless told. */
  rewrite: (sdp: string) => string = (sdp) => sdp;

  offer(request: OfferRequest): Result<SdpReply, AnchorError> {
    this.work();
    this.offers.push(request);
    if (this.offerError !== null) return err(this.offerError);
    this.calls.set(request.callId, callReport(request.callId, [partyReport(request.fromTag)]));
    return ok({ sdp: this.rewrite(request.sdp), warnings: this.warnings });
  }

  answer(request: AnswerRequest): Result<SdpReply, AnchorError> {
    this.answers.push(request);
    if (!this.calls.has(request.callId)) return err(anchorError('unknown-call'));
    return ok({ sdp: this.rewrite(request.sdp), warnings: [] });
  }

  delete(request: DeleteRequest): Result<CallReport, AnchorError> {
    this.deletes.push(request);
    const report = this.calls.get(request.callId);
    this.calls.delete(request.callId);
    return report === undefined ? err(anchorError('unknown-call')) : ok(report);
  }

  query(request: QueryRequest): Result<CallReport, AnchorError> {
    const report = this.calls.get(request.callId);
    return report === undefined ? err(anchorError('unknown-call')) : ok(report);
  }

  block(request: BlockRequest): Result<null, AnchorError> {
    this.blocks.push(request);
    return this.calls.has(request.callId) ? ok(null) : err(anchorError('unknown-call'));
  }

  list(limit: number): readonly CallId[] {
    return [...this.calls.keys()].slice(0, limit);
  }

  statistics(): StatisticsReport {
    return {
      sessions: this.calls.size,
      sessionsTotal: this.offers.length,
      uptimeSeconds: 61.5,
      rtp: { packets: 3, bytes: 516, errors: 1 },
      packetRate: 50.4,
      byteRate: 8600,
      errorRate: 0,
      timeoutSessions: 1,
      silentTimeoutSessions: 2,
      finalTimeoutSessions: 3,
      offerTimeoutSessions: 4,
      regularTerminatedSessions: 5,
      forcedTerminatedSessions: 6,
      oneWayStreams: 7,
      zeroWayStreams: 8,
      averageCallDurationSeconds: 12.25,
    };
  }
}

export function callReport(id: string, parties: readonly PartyReport[]): CallReport {
  return {
    callId: callId(id),
    createdMicroseconds: 1_700_000_000_250_000,
    lastSignal: 1_700_000_010,
    rtp: { packets: 30, bytes: 5160, errors: 0 },
    rtcp: { packets: 1, bytes: 52, errors: 0 },
    ssrcs: [],
    parties,
    metadata: null,
  };
}

export function partyReport(name: string | null, streams: readonly StreamReport[] = [streamReport()]): PartyReport {
  return {
    tag: name === null ? null : tag(name),
    viaBranch: null,
    label: null,
    created: 1_700_000_000,
    inDialogueWith: null,
    medias: [{ index: 1, type: 'audio', protocol: 'RTP/SAVP', flags: ['initialized'], streams }],
  };
}

export function streamReport(changes: Partial<StreamReport> = {}): StreamReport {
  return {
    component: 'rtp',
    localAddress: '127.0.0.1',
    localPort: 30_000,
    family: 'IP4',
    endpoint: { family: 'IP4', address: '192.0.2.7', port: 6000 },
    advertisedEndpoint: { family: 'IP4', address: '192.0.2.7', port: 6000 },
    learned: true,
    cryptoSuite: 'AES_CM_128_HMAC_SHA1_80',
    lastPacket: 1_700_000_009,
    ssrcs: [9],
    flags: [],
    received: NOTHING,
    sent: NOTHING,
    drops: {},
    ...changes,
  };
}
