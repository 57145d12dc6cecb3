import type { CryptoSuiteName } from '../srtp/crypto-suite.js';
import type { JudgedLine, UnusableReason } from './judge-crypto.js';
import type { LegName, NegotiationNote } from './negotiation-context.js';

/** More lines than any phone sends; a text stays readable and bounded. */
const NAMED_LINES = 24;

/** `tag 1 AEAD_AES_256_GCM_8: suite not supported; tag 2 …`, without key material. */
export function explainLines(lines: readonly JudgedLine[]): string {
  const named = lines.slice(0, NAMED_LINES).map(explainLine);
  const more = lines.length - named.length;
  return [...named, ...(more > 0 ? [`and ${more} more lines`] : [])].join('; ');
}

export function explainLine(line: JudgedLine): string {
  return `${lineName(line)}: ${line.verdict.usable ? 'usable' : line.verdict.text}`;
}

function lineName({ number, tag, suiteName }: JudgedLine): string {
  const name = tag === null ? `line ${number}` : `tag ${tag}`;
  return suiteName === null ? name : `${name} ${suiteName}`;
}

export function explainAllowed(suites: readonly CryptoSuiteName[]): string {
  return `allowed: ${suites.length === 0 ? 'none' : suites.join(', ')}`;
}

/** One note a reason, for the metric of ignored lines. */
export function notesOnIgnored(lines: readonly JudgedLine[], media: number, leg: LegName): readonly NegotiationNote[] {
  const counts = new Map<UnusableReason, number>();
  for (const { verdict } of lines) {
    if (!verdict.usable) counts.set(verdict.reason, (counts.get(verdict.reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => ({ kind: 'lines_ignored', media, leg, reason, count }));
}
