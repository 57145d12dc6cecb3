import type { CallRow, StatsAnswer } from './answers.js';
import { bitRate, columns, duration, grouped, printable } from './columns.js';

/** Totals and rates; rates need the answer before, null for the first. */
export function showStats(stats: StatsAnswer, before: StatsAnswer | null): string {
  const seconds = before === null ? 0 : (stats.nowUnixMilliseconds - before.nowUnixMilliseconds) / 1_000;
  const rate = (read: (one: StatsAnswer) => number): number =>
    before === null || seconds <= 0 ? 0 : (read(stats) - read(before)) / seconds;
  const states = Object.entries(stats.sessions).map(([state, count]) => `${state} ${count}`);
  const lines = [
    `srtp-anchor ${stats.version}, up ${duration(stats.nowUnixMilliseconds / 1_000 - stats.startedUnixSeconds)}, ${health(stats)}`,
    `calls    ${stats.calls} now (${states.join(', ')}), ${grouped(stats.callsTotal)} since start`,
    `in       ${traffic(
      stats.received,
      rate((one) => one.received.packets),
      rate((one) => one.received.bytes),
      before,
    )}`,
    `out      ${traffic(
      stats.sent,
      rate((one) => one.sent.packets),
      rate((one) => one.sent.bytes),
      before,
    )}`,
    `dropped  ${reasons(stats.drops)}`,
    `suites   ${suites(stats)}`,
    `ports    ${stats.ports.map((ports) => `${printable(ports.interface)} ${grouped(ports.used)} of ${grouped(ports.total)}`).join(', ')}`,
    '',
    columns(
      ['worker', 'cpu %', 'packets', 'ports', 'heartbeat ms'],
      stats.workers.map((worker, index) => workerRow(worker, index, before, seconds)),
    ),
  ];
  return lines.join('\n');
}

function health(stats: StatsAnswer): string {
  return stats.problems.length > 0 ? stats.problems.join('; ') : 'ready';
}

function traffic(
  total: { packets: number; bytes: number },
  packetRate: number,
  byteRate: number,
  before: StatsAnswer | null,
): string {
  const now = before === null ? '' : `${grouped(packetRate)} packets/s, ${bitRate(byteRate)}; `;
  return `${now}${grouped(total.packets)} packets since start`;
}

function reasons(drops: StatsAnswer['drops']): string {
  const entries = Object.entries(drops).sort(([, a], [, b]) => b - a);
  return entries.length === 0 ? 'nothing' : entries.map(([reason, count]) => `${reason} ${grouped(count)}`).join(', ');
}

function suites(stats: StatsAnswer): string {
  const entries = Object.entries(stats.suites);
  return entries.length === 0
    ? 'none used yet'
    : entries
        .map(([suite, { protect, unprotect }]) => `${suite} (out ${grouped(protect)}, in ${grouped(unprotect)})`)
        .join(', ');
}

function workerRow(
  worker: StatsAnswer['workers'][number],
  index: number,
  before: StatsAnswer | null,
  seconds: number,
): string[] {
  const earlier = before?.workers[index];
  const share =
    earlier === undefined || seconds <= 0
      ? '–'
      : (((worker.cpuSeconds - earlier.cpuSeconds) / seconds) * 100).toFixed(1);
  return [String(index), share, grouped(worker.packets), String(worker.ports), String(worker.heartbeatAgeMilliseconds)];
}

export function showCalls(calls: readonly CallRow[], nowSeconds: number): string {
  if (calls.length === 0) return 'no calls';
  const rows = calls.map((call) => [
    printable(call.callId),
    duration(nowSeconds - call.createdUnixSeconds),
    call.state.replace('_', '-'),
    ...[0, 1].map((index) => leg(call, index)),
    grouped(call.parties.reduce((sum, party) => sum + party.drops, 0)),
  ]);
  return columns(['call-id', 'age', 'verdict', 'caller', 'callee', 'dropped'], rows);
}

function leg(call: CallRow, index: number): string {
  const party = call.parties[index];
  if (party === undefined) return '–';
  const last = party.lastPacketSeconds === null ? 'never' : duration(party.lastPacketSeconds);
  return `${printable(party.endpoint ?? '?')} ${party.suite === null ? 'RTP' : 'SRTP'} ${last}`;
}
