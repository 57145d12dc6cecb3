import type { CallId, Tag } from '../shared/brand.js';
import type { AnchorError } from '../shared/errors.js';
import type { Result } from '../shared/result.js';
import type { MediaOptions } from '../negotiation/media-options.js';
import type { CallReport, StatisticsReport } from './reports.js';

export interface OfferRequest {
  readonly callId: CallId;
  readonly fromTag: Tag;
  readonly toTag: Tag | null;
  readonly viaBranch: string | null;
  readonly sdp: string;
  readonly options: MediaOptions;
}

export interface AnswerRequest {
  readonly callId: CallId;
  /** Still the offerer's, as the NG protocol has it. */
  readonly fromTag: Tag;
  readonly toTag: Tag;
  readonly viaBranch: string | null;
  readonly sdp: string;
  readonly options: MediaOptions;
}

export interface DeleteRequest {
  readonly callId: CallId;
  readonly fromTag: Tag | null;
  readonly toTag: Tag | null;
  readonly viaBranch: string | null;
  /** Flag `to-tag`: select by to-tag instead of from-tag. */
  readonly selectByToTag: boolean;
  /** Seconds; null = the call's own, or the default. 0 = at once. */
  readonly deleteDelaySeconds: number | null;
}

export interface QueryRequest {
  readonly callId: CallId;
  readonly fromTag: Tag | null;
  readonly toTag: Tag | null;
}

/** `media`: RTP of a direction is dropped; `dtmf`: only RFC 4733 payload types. */
export interface BlockRequest {
  readonly callId: CallId;
  /** null = every party of the call. */
  readonly fromTag: Tag | null;
  readonly what: 'media' | 'dtmf';
  readonly blocked: boolean;
}

export interface SdpReply {
  readonly sdp: string;
  /** What the proxy's operator should know although it worked; goes into `warning`. */
  readonly warnings: readonly string[];
}

/** The call logic behind the control protocol. Synchronous: a request is carried out before the next is looked at. */
export interface SessionService {
  offer(request: OfferRequest): Result<SdpReply, AnchorError>;
  answer(request: AnswerRequest): Result<SdpReply, AnchorError>;
  /** The report is of the call as it was. `unknown-call` when nothing matched. */
  delete(request: DeleteRequest): Result<CallReport, AnchorError>;
  query(request: QueryRequest): Result<CallReport, AnchorError>;
  block(request: BlockRequest): Result<null, AnchorError>;
  /** Call-ids, oldest first. */
  list(limit: number): readonly CallId[];
  statistics(): StatisticsReport;
}
