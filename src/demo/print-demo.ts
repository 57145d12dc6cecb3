import type { DemoReport } from './demo.js';
import type { ToneResult } from './tone-party.js';

/** The report as a person reads it. */
export function printDemo(report: DemoReport): string {
  const { plain, secure } = report;
  return [
    'srtp-anchor demo: one call through a private relay',
    '',
    '   plain end  ── RTP ──▶  srtp-anchor  ── SRTP ──▶  secure end',
    '   440 Hz                                          880 Hz',
    '',
    `  suite on the secure leg    ${report.suite}`,
    `  relayed                    ${report.relayed} packets`,
    row('plain end', plain, 'hears 880 Hz'),
    row('secure end', secure, 'hears 440 Hz'),
    '',
    `  ${verdict(report)}`,
    '',
  ].join('\n');
}

function row(name: string, result: ToneResult, wanted: string): string {
  const level = Number.isFinite(result.wantedLevel) ? `${result.wantedLevel.toFixed(1)} dBFS` : 'silence';
  const other = Number.isFinite(result.otherLevel) ? `${result.otherLevel.toFixed(1)} dBFS` : 'silence';
  return (
    `  ${name.padEnd(26)} sent ${result.sent}, received ${result.received}, not authentic ${result.rejected}; ` +
    `${wanted} at ${level}, its own tone at ${other}`
  );
}

function verdict({ plain, secure, ok }: DemoReport): string {
  if (ok) return 'OK: audio both ways; the secure leg was read by an SRTP that is not the relay’s.';
  if (!plain.heard && !secure.heard) return 'FAILED: no audio in either direction.';
  return plain.heard ? 'FAILED: the secure end hears nothing.' : 'FAILED: the plain end hears nothing.';
}
