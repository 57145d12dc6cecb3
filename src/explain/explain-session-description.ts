import type { Policy } from '../negotiation/policy.js';
import { printable } from '../sdp/sdp-error.js';
import type { CryptoSuiteName } from '../srtp/crypto-suite.js';
import { judgeSessionDescription, type ExplainedLine, type ExplainedMedia, type Explanation } from './explanation.js';

/** For `srtp-anchor explain`: every a=crypto line judged, what would be answered, and why. Keys never appear. */
export function explainSessionDescription(
  text: string,
  policy: Policy,
  usableSuites: ReadonlySet<CryptoSuiteName>,
): string {
  return printExplanation(judgeSessionDescription(text, policy, usableSuites));
}

export function printExplanation({ accepted, error, warnings, media }: Explanation): string {
  const lines = [
    ...media.flatMap(printMedia),
    ...warnings.map((warning) => `warning: ${warning}`),
    accepted ? 'result: the offer would be accepted' : `result: the offer would be refused: ${error ?? ''}`,
  ];
  return `${lines.join('\n')}\n`;
}

function printMedia({ name, protocol, port, lines, answer, why }: ExplainedMedia): readonly string[] {
  const head = `${name}: ${printable(protocol)}, port ${port}`;
  const judged = lines.length === 0 ? ['  no a=crypto line'] : lines.map(printLine);
  return [head, ...judged, `  answer: ${answer}`, `  why: ${why}`, ''];
}

function printLine(line: ExplainedLine): string {
  const what = [`line ${line.number}`, line.tag === null ? 'no tag' : `tag ${line.tag}`, line.suite ?? 'no suite'].join(
    ', ',
  );
  if (!line.usable) return `  ${what}: not used: ${line.text} [${line.reason ?? ''}]`;
  return `  ${what}: ${['usable', ...details(line)].join(', ')}${line.chosen ? ' <- chosen' : ''}`;
}

function details({ keys, lifetime, mkiLength }: ExplainedLine): readonly string[] {
  return [
    ...(keys > 1 ? [`${keys} keys`] : []),
    ...(lifetime === null ? [] : [`lifetime ${lifetime} packets`]),
    ...(mkiLength === 0 ? [] : [`MKI of ${mkiLength} octets`]),
  ];
}
