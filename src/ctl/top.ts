import { setTimeout as sleep } from 'node:timers/promises';
import type { CallsAnswer, StatsAnswer } from './answers.js';
import { askRelay, type ApiFailure } from './api-client.js';
import type { CtlTarget } from './ctl-command.js';
import type { CtlOutput } from './run-ctl.js';
import { showCalls, showStats } from './show-stats.js';

const clearScreen = '\u001b[H\u001b[2J';
/** Lines above the table of calls, with one worker. */
const headLines = 14;

/** Refreshes until stopped, or for so many rounds. With `--json`, one line a round. */
export async function runTop(
  target: CtlTarget,
  intervalSeconds: number,
  rounds: number | null,
  output: CtlOutput,
): Promise<ApiFailure | null> {
  let before: StatsAnswer | null = null;
  for (let round = 0; rounds === null || round < rounds; round++) {
    const room = Math.max(5, (output.terminal?.rows ?? 40) - headLines - (before?.workers.length ?? 1));
    const [stats, calls] = await Promise.all([
      askRelay<StatsAnswer>(target, 'GET', '/api/stats'),
      askRelay<CallsAnswer>(target, 'GET', `/api/calls?limit=${room}`),
    ]);
    if (!stats.ok) return stats.error;
    if (!calls.ok) return calls.error;
    output.out(
      target.json
        ? `${JSON.stringify({ stats: stats.value, ...calls.value })}\n`
        : picture(stats.value, before, calls.value, output),
    );
    before = stats.value;
    const isLast = rounds !== null && round + 1 >= rounds;
    if (isLast || !(await waited(intervalSeconds, output.stop))) return null;
  }
  return null;
}

function picture(
  stats: StatsAnswer,
  before: StatsAnswer | null,
  { calls, total }: CallsAnswer,
  { terminal }: CtlOutput,
): string {
  const rest = total > calls.length ? `\n… ${total - calls.length} more` : '';
  const text = `${showStats(stats, before)}\n\n${showCalls(calls, Date.now() / 1_000)}${rest}\n`;
  if (terminal === null) return `${text}\n`;
  return (
    clearScreen +
    text
      .split('\n')
      .map((line) => line.slice(0, terminal.columns))
      .join('\n')
  );
}

/** False = stopped while waiting. */
async function waited(seconds: number, stop: AbortSignal): Promise<boolean> {
  try {
    await sleep(seconds * 1_000, undefined, { signal: stop });
    return true;
  } catch {
    return false;
  }
}
