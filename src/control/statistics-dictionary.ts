import type { StatisticsReport } from '../session/reports.js';
import type { ControlStatistics } from './control-statistics.js';
import type { NgDictionary, NgValue } from './ng-value.js';

/**
 * The reply to `statistics` in the incumbent's shape: the same groups and names, counts as integers, durations as
 * strings with six decimals. `sessionstotal` is the number of calls now (own and foreign), as balancers read it.
 */
export function statisticsDictionary(report: StatisticsReport, control: ControlStatistics): NgDictionary {
  return new Map<string, NgValue>([
    ['currentstatistics', currentStatistics(report)],
    ['totalstatistics', totalStatistics(report, control.rejectedSessions)],
    ['intervalstatistics', new Map()],
    ['controlstatistics', control.toDictionary()],
  ]);
}

function currentStatistics(report: StatisticsReport): NgDictionary {
  return counts({
    sessionsown: report.sessions,
    sessionsforeign: 0,
    sessionstotal: report.sessions,
    transcodedmedia: 0,
    packetrate_user: report.packetRate,
    byterate_user: report.byteRate,
    errorrate_user: report.errorRate,
    packetrate_kernel: 0,
    byterate_kernel: 0,
    errorrate_kernel: 0,
    packetrate: report.packetRate,
    byterate: report.byteRate,
    errorrate: report.errorRate,
  });
}

function totalStatistics(report: StatisticsReport, rejected: number): NgDictionary {
  const durations: [string, NgValue][] = [
    ['uptime', String(Math.floor(report.uptimeSeconds))],
    ['avgcallduration', report.averageCallDurationSeconds.toFixed(6)],
  ];
  return new Map<string, NgValue>([
    ...durations,
    ...counts({
      managedsessions: report.sessionsTotal - report.sessions,
      rejectedsessions: rejected,
      timeoutsessions: report.timeoutSessions,
      silenttimeoutsessions: report.silentTimeoutSessions,
      finaltimeoutsessions: report.finalTimeoutSessions,
      offertimeoutsessions: report.offerTimeoutSessions,
      regularterminatedsessions: report.regularTerminatedSessions,
      forcedterminatedsessions: report.forcedTerminatedSessions,
      ...relayed(report),
      zerowaystreams: report.zeroWayStreams,
      onewaystreams: report.oneWayStreams,
    }),
  ]);
}

/** All packets are relayed in user space. */
function relayed({ rtp }: StatisticsReport): Record<string, number> {
  return {
    relayedpackets_user: rtp.packets,
    relayedpacketerrors_user: rtp.errors,
    relayedbytes_user: rtp.bytes,
    relayedpackets_kernel: 0,
    relayedpacketerrors_kernel: 0,
    relayedbytes_kernel: 0,
    relayedpackets: rtp.packets,
    relayedpacketerrors: rtp.errors,
    relayedbytes: rtp.bytes,
  };
}

function counts(entries: Record<string, number>): Map<string, NgValue> {
  return new Map(Object.entries(entries).map(([name, value]) => [name, Math.max(0, Math.round(value))]));
}
