import type { Address, CallAnswer, SsrcAnswer, StreamAnswer } from './answers.js';
import { duration, grouped, printable } from './columns.js';

/** One call for the terminal: first the verdict, then both legs with all that could explain it. */
export function showCall({ report, verdict }: CallAnswer, nowSeconds: number): string {
  const lines = [
    `call     ${printable(report.callId)}`,
    `age      ${duration(nowSeconds - report.createdMicroseconds / 1e6)}, last offer or answer ${duration(nowSeconds - report.lastSignal)} ago`,
    `verdict  ${printable(verdict.words)}`,
  ];
  report.parties.forEach((party, index) => {
    const leg = verdict.legs[index];
    lines.push(
      '',
      `${leg?.name ?? 'party'}  tag ${printable(party.tag ?? '(none yet)')}${party.label === null ? '' : `, ${printable(party.label)}`}`,
    );
    if (leg !== undefined) lines.push(`  ${printable(leg.words)}`);
    for (const media of party.medias) {
      const flags = media.flags.length === 0 ? '' : ` [${media.flags.join(', ')}]`;
      lines.push(`  m${media.index} ${printable(media.type)} ${printable(media.protocol)}${flags}`);
      for (const stream of media.streams) lines.push(...showStream(stream, report.ssrcs, nowSeconds));
    }
  });
  return lines.join('\n');
}

function showStream(stream: StreamAnswer, ssrcs: readonly SsrcAnswer[], now: number): string[] {
  const indent = '     ';
  const last = stream.lastPacket === null ? 'no packet ever' : `last packet ${duration(now - stream.lastPacket)} ago`;
  const drops = Object.entries(stream.drops).map(([reason, count]) => `${reason} ${grouped(count)}`);
  const lines = [
    `${indent}${stream.component.padEnd(4)} local ${where({ address: stream.localAddress, port: stream.localPort })}  remote ${remote(stream)}`,
    `${indent}     ${stream.cryptoSuite ?? 'plain'}; ${last}; received ${grouped(stream.received.packets)}, sent ${grouped(stream.sent.packets)}`,
  ];
  if (drops.length > 0) lines.push(`${indent}     dropped: ${drops.join(', ')}`);
  for (const ssrc of ssrcs) if (stream.ssrcs.includes(ssrc.ssrc)) lines.push(`${indent}     ${showSsrc(ssrc)}`);
  return lines;
}

function remote(stream: StreamAnswer): string {
  if (stream.endpoint === null) return 'unknown';
  const signalled = stream.advertisedEndpoint;
  if (!stream.learned) return `${where(stream.endpoint)} (signalled)`;
  if (signalled !== null && where(signalled) !== where(stream.endpoint))
    return `${where(stream.endpoint)} (learned; signalled was ${where(signalled)})`;
  return `${where(stream.endpoint)} (learned)`;
}

function showSsrc(ssrc: SsrcAnswer): string {
  const parts = [
    `SSRC ${ssrc.ssrc.toString(16).padStart(8, '0')}`,
    `${grouped(ssrc.packets)} packets`,
    `lost ${grouped(ssrc.lost)}`,
  ];
  if (ssrc.reordered > 0) parts.push(`reordered ${grouped(ssrc.reordered)}`);
  if (ssrc.duplicates > 0) parts.push(`twice ${grouped(ssrc.duplicates)}`);
  if (ssrc.rolloverCounter !== null) parts.push(`rollover counter ${ssrc.rolloverCounter}`);
  if (ssrc.average !== null) {
    const { mos, jitter, roundTripTime } = ssrc.average;
    parts.push(`MOS ${(mos / 10).toFixed(1)}`, `jitter ${Math.round(jitter)} ms`);
    if (roundTripTime > 0) parts.push(`round trip ${Math.round(roundTripTime)} ms`);
  }
  return parts.join(', ');
}

function where({ address, port }: Address): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
