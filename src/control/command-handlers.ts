import { anchorError, errorText, isLimit, type AnchorError } from '../shared/errors.js';
import { ok, type Result } from '../shared/result.js';
import type { PartyReport } from '../session/reports.js';
import type { BlockRequest, SdpReply, SessionService } from '../session/requests.js';
import type { ControlStatistics } from './control-statistics.js';
import type { NgCommand, NgCommandKind, PartySelector } from './ng-command.js';
import { errorReply, okReply, PONG, type NgReply } from './ng-reply.js';
import { statisticsDictionary } from './statistics-dictionary.js';

type Command<Kind extends NgCommandKind> = Extract<NgCommand, { kind: Kind }>;

/** `warnings` are those of reading the request; a reply that can carry them does. */
type Handlers = {
  readonly [Kind in NgCommandKind]: (command: Command<Kind>, warnings: readonly string[]) => NgReply;
};

/** Carries out a command. Synchronous, like the service: one request is done before the next is looked at. */
export type CommandHandler = (command: NgCommand, warnings: readonly string[]) => NgReply | Promise<NgReply>;

export function createCommandHandler(service: SessionService, statistics: ControlStatistics): CommandHandler {
  const handlers = handlerTable(service, statistics);
  return (command, warnings) => {
    const handle = handlers[command.kind] as (command: NgCommand, warnings: readonly string[]) => NgReply;
    return handle(command, warnings);
  };
}

function handlerTable(service: SessionService, statistics: ControlStatistics): Handlers {
  return {
    ping: () => PONG,
    offer: (command, warnings) => {
      const outcome = service.offer(command.request);
      return outcome.ok ? sdpReply(outcome.value, warnings) : refusedOffer(command, outcome.error, statistics);
    },
    answer: (command, warnings) => {
      const outcome = service.answer(command.request);
      return outcome.ok ? sdpReply(outcome.value, warnings) : errorReply(outcome.error);
    },
    delete: (command) => handleDelete(service, command),
    query: (command) => {
      const outcome = service.query(command.request);
      return outcome.ok ? { kind: 'report', report: outcome.value } : errorReply(outcome.error);
    },
    list: (command) => ({ kind: 'calls', callIds: command.limit === 0 ? [] : service.list(command.limit) }),
    statistics: () => ({
      kind: 'statistics',
      statistics: statisticsDictionary(service.statistics(), statistics),
    }),
    block: (command) => handleBlock(service, command),
  };
}

function sdpReply(reply: SdpReply, warnings: readonly string[]): NgReply {
  return { kind: 'sdp', sdp: reply.sdp, warnings: warnings.concat(reply.warnings) };
}

/**
 * A full node answers `load limit` to a proxy that understands it. Running out of ports stays an error with its own
 * text, on which proxies try the next node.
 */
function refusedOffer(command: Command<'offer'>, error: AnchorError, statistics: ControlStatistics): NgReply {
  if (!isLimit(error)) return errorReply(error);
  statistics.countRejected();
  const asLoadLimit = command.loadLimit && error.code !== 'out-of-ports';
  return asLoadLimit ? { kind: 'load limit', error } : errorReply(error);
}

function handleDelete(service: SessionService, command: Command<'delete'>): NgReply {
  const outcome = service.delete(command.request);
  if (outcome.ok) return command.fast ? okReply() : { kind: 'report', report: outcome.value };
  if (outcome.error.code !== 'unknown-call') return errorReply(outcome.error);
  const noMatch = anchorError('no-match');
  return command.fatal ? errorReply(noMatch) : okReply([errorText(noMatch)]);
}

function handleBlock(service: SessionService, command: Command<'block'>): NgReply {
  const request = selectParty(service, command.request, command.selector);
  const outcome = request.ok ? service.block(request.value) : request;
  return outcome.ok ? okReply() : errorReply(outcome.error);
}

/** A label or an address stands for the tag of the party that has it. */
function selectParty(
  service: SessionService,
  request: BlockRequest,
  selector: PartySelector | null,
): Result<BlockRequest, AnchorError> {
  if (selector === null) return ok(request);
  const report = service.query({ callId: request.callId, fromTag: null, toTag: null });
  if (!report.ok) return report;
  const party = report.value.parties.find((candidate) => isSelected(candidate, selector));
  const fromTag = party?.tag ?? null;
  return fromTag === null ? { ok: false, error: anchorError('unknown-tag') } : ok({ ...request, fromTag });
}

function isSelected(party: PartyReport, { label, address }: PartySelector): boolean {
  if (label !== null) return party.label === label;
  return party.medias.some((media) => media.streams.some((stream) => stream.advertisedEndpoint?.address === address));
}
