import { describe, expect, it } from 'vitest';
import { COMMAND_TABLE } from '../../../src/control/command-table.js';
import { labelOf, type FlagRow } from '../../../src/control/flags/flag-row.js';
import { FLAG_TABLE } from '../../../src/control/ng-flags.js';
import type { Flags } from '../../support/anchored-call.js';
import { normaliseSdp } from '../../support/sdp-normalise.js';
import { phoneBody, sharedRelay } from '../../support/shared-relay.js';

/*
 * The rows without effect, over the wire. The titles name a status instead of one row: each runs for every such row of
 * the table.
 */
const relay = sharedRelay({ extraArguments: ['--max-sessions', '0'] });
const rows = FLAG_TABLE.filter(({ status }) => status !== 'supported');

/** How a proxy would write the row: a key of its own, an item of `flags`, or an item of its section's list. */
function optionsFor({ section, name, takes }: FlagRow): Flags {
  const value = takes === null ? '1' : 'something';
  if (section === 'key') return { [name]: name === 'SSRC' ? [value] : value };
  if (section === 'flags') return { flags: [name] };
  if (section === 'codec') return { codec: { [name]: ['opus'] } };
  return { [section]: [name] };
}

/** Every line that matters of an answered call, made comparable. */
async function bodies(options: Flags): Promise<{ lines: string[]; warnings: (string | undefined)[] }> {
  const call = relay.dialogue();
  const offer = await call.offer(phoneBody({ lines: ['a=rtcp-mux', 'a=ptime:20'] }), options);
  const answer = await call.answer(phoneBody({ port: 45_010 }), options);
  return {
    lines: [offer, answer].flatMap(({ sdp, result }) => [result, ...normaliseSdp(sdp ?? '', '127.0.0.1')]),
    warnings: [offer.warning, answer.warning],
  };
}

const named = (some: readonly FlagRow[]): { section: string; name: string; row: FlagRow }[] =>
  some.map((row) => ({ section: row.section, name: row.name, row }));

describe('rows without effect', () => {
  it.each(named(rows.filter(({ status, warns }) => status === 'ignored' && !warns)))(
    'ignored — $section: $name changes no line of a call, and nobody is warned',
    async ({ row }) => {
      expect(await bodies(optionsFor(row))).toEqual({ ...(await bodies({})), warnings: [undefined, undefined] });
    },
  );

  it.each(named(rows.filter(({ warns }) => warns)))(
    'ignored with a warning — $section: $name changes no line of a call, and the warning says why',
    async ({ row }) => {
      const seen = await bodies(optionsFor(row));
      expect(seen.lines).toEqual((await bodies({})).lines);
      for (const warning of seen.warnings)
        expect(warning).toContain(`${labelOf(row.section, row.name)} ignored: ${row.reason ?? '?'}`);
    },
  );

  it.each(named(rows.filter(({ status }) => status === 'refused')))(
    'refused — $section: $name is an error with the reason, and no call is made',
    async ({ row }) => {
      const call = relay.dialogue();
      const { result, errorReason } = await call.offer(phoneBody(), optionsFor(row));
      expect(result).toBe('error');
      expect(errorReason).toBe(`Unsupported option: ${labelOf(row.section, row.name)}: ${row.reason ?? '?'}`);
      expect((await call.request('query')).errorReason).toBe('Unknown call-id');
    },
  );

  it.each(COMMAND_TABLE.flatMap(({ name, refusal }) => (refusal === null ? [] : [{ name, refusal }])))(
    'refused — command: $name is an error with the reason',
    async ({ name, refusal }) => {
      const { result, errorReason } = await relay.dialogue().request(name, { 'from-tag': 'a' });
      expect([result, errorReason]).toEqual(['error', `Unsupported command: ${name}: ${refusal}`]);
    },
  );
});
