import type { Result } from '../shared/result.js';
import type { CallAnswer, CallsAnswer, StatsAnswer } from './answers.js';
import { askRelay, type ApiFailure } from './api-client.js';
import type { CtlCommand, CtlTarget } from './ctl-command.js';
import { showCall } from './show-call.js';
import { showCalls, showStats } from './show-stats.js';
import { runTop } from './top.js';

/** Where `ctl` prints to. */
export interface CtlOutput {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Aborts `top`. */
  readonly stop: AbortSignal;
  /** Rows and columns of the terminal; null = not a terminal. */
  readonly terminal: { readonly rows: number; readonly columns: number } | null;
}

const EXIT_OF = { unreachable: 4, 'not-found': 5, refused: 6, failed: 1 } as const satisfies Record<
  ApiFailure['kind'],
  number
>;

/** Carries one command out. Resolves with the exit code of `src/cli/exit-codes.ts`. */
export async function runCtl(command: CtlCommand, output: CtlOutput): Promise<number> {
  const failed = await carryOut(command, output);
  if (failed === null) return 0;
  output.err(`srtp-anchor ctl: ${failed.text}\n`);
  return EXIT_OF[failed.kind];
}

async function carryOut(command: CtlCommand, output: CtlOutput): Promise<ApiFailure | null> {
  switch (command.action) {
    case 'list':
      return list(command, command.limit, output);
    case 'show':
      return print(command, output, await askRelay<CallAnswer>(command, 'GET', callPath(command.callId)), (answer) =>
        showCall(answer, Date.now() / 1_000),
      );
    case 'stats':
      return print(command, output, await askRelay<StatsAnswer>(command, 'GET', '/api/stats'), (answer) =>
        showStats(answer, null),
      );
    case 'top':
      return runTop(command, command.intervalSeconds, command.rounds, output);
    case 'drain':
      return print(
        command,
        output,
        await askRelay<{ calls: number }>(command, 'POST', '/api/drain'),
        ({ calls }) => `draining: no new calls; ${calls} in progress`,
      );
    case 'terminate':
      return print(
        command,
        output,
        await askRelay<unknown>(command, 'DELETE', callPath(command.callId)),
        () => 'ended',
      );
    case 'loglevel': {
      const answer = await askRelay<{ before: string }>(command, 'POST', '/api/loglevel', { level: command.level });
      return print(command, output, answer, ({ before }) => `log level is ${command.level}, was ${before}`);
    }
  }
}

async function list(target: CtlTarget, limit: number, output: CtlOutput): Promise<ApiFailure | null> {
  const answer = await askRelay<CallsAnswer>(target, 'GET', `/api/calls?limit=${limit}`);
  return print(target, output, answer, ({ calls, total }) => {
    const rest = total > calls.length ? `\n${calls.length} of ${total}; --limit shows more` : '';
    return showCalls(calls, Date.now() / 1_000) + rest;
  });
}

function print<T>(
  target: CtlTarget,
  output: CtlOutput,
  answer: Result<T, ApiFailure>,
  words: (value: T) => string,
): ApiFailure | null {
  if (!answer.ok) return answer.error;
  output.out(`${target.json ? JSON.stringify(answer.value, null, 2) : words(answer.value)}\n`);
  return null;
}

function callPath(callId: string): string {
  return `/api/calls/${encodeURIComponent(callId)}`;
}
