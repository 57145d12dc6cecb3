import { callId, tag, type CallId, type Tag } from '../shared/brand.js';
import { anchorError, type AnchorError, type ErrorCode } from '../shared/errors.js';
import { err, ok, type Result } from '../shared/result.js';
import type { AnswerRequest, BlockRequest, DeleteRequest, OfferRequest, QueryRequest } from '../session/requests.js';
import { findCommand, findRefusedCommand, type CommandName } from './command-table.js';
import { foldName } from './flags/flag-row.js';
import { printable, type RequestDraft } from './flags/request-draft.js';
import { textOf, type NgDictionary } from './ng-value.js';

/** How a block command names a party, when it does not by tag. */
export interface PartySelector {
  readonly label: string | null;
  readonly address: string | null;
}

export type NgCommand =
  | { readonly kind: 'ping' }
  | { readonly kind: 'offer'; readonly request: OfferRequest; readonly loadLimit: boolean }
  | { readonly kind: 'answer'; readonly request: AnswerRequest }
  | { readonly kind: 'delete'; readonly request: DeleteRequest; readonly fatal: boolean; readonly fast: boolean }
  | { readonly kind: 'query'; readonly request: QueryRequest }
  | { readonly kind: 'list'; readonly limit: number }
  | { readonly kind: 'statistics' }
  | { readonly kind: 'block'; readonly request: BlockRequest; readonly selector: PartySelector | null };

export type NgCommandKind = NgCommand['kind'];

/** The incumbent's default of `list`. */
const LIST_LIMIT = 32;

/** Which command a message is, or why it is none. */
export function commandName(message: NgDictionary): Result<CommandName, AnchorError> {
  const wireName = commandText(message);
  if (wireName === null) return err(anchorError('no-command'));
  const name = findCommand(wireName);
  if (name !== undefined) return ok(name);
  const refused = findRefusedCommand(wireName);
  return err(
    refused === undefined
      ? anchorError('unknown-command')
      : anchorError('unsupported-command', `${refused.name}: ${refused.refusal ?? ''}`),
  );
}

function commandText(message: NgDictionary): string | null {
  const exact = message.get('command');
  if (typeof exact === 'string') return exact;
  for (const [key, value] of message) if (foldName(key) === 'command') return textOf(value);
  return null;
}

/** The typed command that the options of a message make. */
export function buildCommand(name: CommandName, draft: RequestDraft): Result<NgCommand, AnchorError> {
  switch (name) {
    case 'ping':
    case 'statistics':
      return ok({ kind: name });
    case 'list':
      return ok({ kind: 'list', limit: Math.max(0, draft.limit ?? LIST_LIMIT) });
    case 'offer':
      return buildOffer(draft);
    case 'answer':
      return buildAnswer(draft);
    case 'delete':
      return buildDelete(draft);
    case 'query':
      return buildQuery(draft);
    case 'block media':
    case 'unblock media':
    case 'block DTMF':
    case 'unblock DTMF':
      return buildBlock(name, draft);
  }
}

/** In the order in which the incumbent complains: body, call, caller, callee. */
function missing(draft: RequestDraft, wanted: readonly [keyof RequestDraft, ErrorCode][]): AnchorError | null {
  const found = wanted.find(([field]) => draft[field] === null);
  return found === undefined ? null : anchorError(found[1]);
}

function refusal(draft: RequestDraft): AnchorError | null {
  return draft.refusals.length === 0 ? null : anchorError('unsupported-option', draft.refusals.slice(0, 4).join('; '));
}

function buildOffer(draft: RequestDraft): Result<NgCommand, AnchorError> {
  const error = missing(draft, [
    ['sdp', 'no-sdp'],
    ['callId', 'no-call-id'],
    ['fromTag', 'no-from-tag'],
  ]);
  const failure = error ?? refusal(draft);
  if (failure !== null) return err(failure);
  const request: OfferRequest = { ...mediaFields(draft), toTag: tagOrNull(draft.toTag) };
  return ok({ kind: 'offer', request, loadLimit: draft.loadLimit });
}

function buildAnswer(draft: RequestDraft): Result<NgCommand, AnchorError> {
  const error = missing(draft, [
    ['sdp', 'no-sdp'],
    ['callId', 'no-call-id'],
    ['fromTag', 'no-from-tag'],
    ['toTag', 'no-to-tag'],
  ]);
  const failure = error ?? refusal(draft);
  if (failure !== null) return err(failure);
  return ok({ kind: 'answer', request: { ...mediaFields(draft), toTag: tag(draft.toTag ?? '') } });
}

/** What offers and answers have in common; callers have made sure that the fields are there. */
function mediaFields(draft: RequestDraft): Omit<OfferRequest, 'toTag'> {
  return {
    callId: callId(draft.callId ?? ''),
    fromTag: tag(draft.fromTag ?? ''),
    viaBranch: draft.viaBranch,
    sdp: draft.sdp ?? '',
    options: draft.options,
  };
}

function buildDelete(draft: RequestDraft): Result<NgCommand, AnchorError> {
  const call = theCall(draft);
  if (!call.ok) return call;
  const request: DeleteRequest = {
    callId: call.value,
    fromTag: tagOrNull(draft.fromTag),
    toTag: tagOrNull(draft.toTag),
    viaBranch: draft.viaBranch,
    selectByToTag: draft.selectByToTag,
    deleteDelaySeconds: draft.options.deleteDelaySeconds,
  };
  return ok({ kind: 'delete', request, fatal: draft.fatal, fast: draft.fast });
}

function buildQuery(draft: RequestDraft): Result<NgCommand, AnchorError> {
  const call = theCall(draft);
  if (!call.ok) return call;
  const request = { callId: call.value, fromTag: tagOrNull(draft.fromTag), toTag: tagOrNull(draft.toTag) };
  return ok({ kind: 'query', request });
}

type BlockName = Extract<CommandName, `${'block' | 'unblock'} ${string}`>;

function buildBlock(name: BlockName, draft: RequestDraft): Result<NgCommand, AnchorError> {
  const call = theCall(draft);
  if (!call.ok) return call;
  const blocked = name.startsWith('block');
  const everyone = draft.all && !blocked;
  const request: BlockRequest = {
    callId: call.value,
    fromTag: everyone ? null : tagOrNull(draft.fromTag),
    what: name.endsWith('media') ? 'media' : 'dtmf',
    blocked,
  };
  return ok({ kind: 'block', request, selector: everyone || request.fromTag !== null ? null : selector(draft) });
}

function selector(draft: RequestDraft): PartySelector | null {
  const { label } = draft.options;
  return label === null && draft.address === null ? null : { label, address: draft.address };
}

function theCall(draft: RequestDraft): Result<CallId, AnchorError> {
  return draft.callId === null ? err(anchorError('no-call-id')) : ok(callId(draft.callId));
}

function tagOrNull(text: string | null): Tag | null {
  return text === null ? null : tag(text);
}

/** A command's name for a log line. */
export function describeCommand(message: NgDictionary): string {
  return printable(commandText(message) ?? 'none');
}
