import { expect, it } from 'vitest';
import { HELP, MEASURES, parseOptions, type BenchOptions } from '../../../bench/options.js';

function options(...argv: string[]): BenchOptions {
  const parsed = parseOptions(argv);
  if (!parsed.ok || parsed.value.help) throw new Error('not options');
  return parsed.value.options;
}

function refusal(...argv: string[]): string {
  const parsed = parseOptions(argv);
  return parsed.ok ? '' : parsed.error;
}

it('measures CPU per packet and highest rate by medians of five when nothing is said', () => {
  expect(options()).toMatchObject({ measures: ['cpu', 'rate'], runs: 5, rates: [10_000, 40_000, 80_000, 140_000] });
});

it('does everything for the README, and everything small when quick', () => {
  expect(options('--readme').measures).toEqual(MEASURES);
  expect(options('--quick')).toMatchObject({ measures: MEASURES, runs: 1, rates: [1_000], direction: 'both' });
});

it('lets options override a preset, and takes rates in thousands', () => {
  expect(options('--quick', '--rates', '2,4.5', '--runs', '2')).toMatchObject({ rates: [2_000, 4_500], runs: 2 });
});

it('keeps the words that are not options', () => {
  const parsed = parseOptions(['compare', 'a.json', 'b.json']);
  expect(parsed.ok && !parsed.value.help && parsed.value.arguments).toEqual(['compare', 'a.json', 'b.json']);
});

it.each([
  [['--systems', 'asterisk'], 'there are srtp-anchor, rtpengine, floor, javascript'],
  [['--runs', 'many'], '--runs takes a number from 1 to 100'],
  [['--runs', '0'], '--runs takes a number from 1 to 100'],
  [['--speed', '3'], "Unknown option '--speed'"],
  [['--direction', 'up'], 'there are forward, both'],
])('refuses %j and says what would be right', (argv, hint) => {
  expect(refusal(...argv)).toContain(hint);
});

it('names every option in the help text', () => {
  for (const flag of ['quick', 'readme', 'measures', 'systems', 'rates', 'burst', 'generator-port', 'out']) {
    expect(HELP).toContain(`--${flag}`);
  }
});
