import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { METRIC_NAMES, METRIC_PREFIX } from '../../../src/metrics/catalogue.js';
import { DROP_REASONS } from '../../../src/relay/counters.js';
import { LEG_STATES } from '../../../src/verdict/leg-verdict.js';
import { CALL_STATES } from '../../../src/verdict/verdict.js';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8');

function sources(): string[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('log/'))
    .map((name) => readFileSync(join(root, 'src', name), 'utf8'));
}

const LEVELS = 'trace|debug|info|warn|error';
/** Where a line is logged, however its event is named. */
const SITE = new RegExp(`\\blogger\\.(?:${LEVELS})\\(|\\blog\\.log\\(`, 'g');
/** The ways to name one. */
const FORMS: readonly [RegExp, string][] = [
  [new RegExp(`\\blogger\\.(?:${LEVELS})\\(\\s*'([a-z-]+)'`, 'g'), 'event'],
  [new RegExp(`\\blog\\.log\\(\\s*'(?:${LEVELS})',\\s*'([a-z-]+)'`, 'g'), 'event'],
  [new RegExp(`\\blogger\\.(?:${LEVELS})\\(\\s*\\{[^;]*?\\},\\s*'([a-z ]+)',?\\s*\\)`, 'g'), 'words'],
];

/** Events of the workers are named by a table of their kinds. */
function mediaEvents(): string[] {
  const text = readFileSync(join(root, 'src/app/relay-log.ts'), 'utf8');
  const table = /const LEVELS = \{([^}]*)\}/.exec(text)?.[1] ?? '';
  return [...table.matchAll(/^ *([a-z_]+):/gm)].map(([, kind = '']) => `media-${kind.replaceAll('_', '-')}`);
}

function eventsOfSource(): { events: Set<string>; sites: number; named: number } {
  const events = new Set(mediaEvents());
  // The table's one call.
  let named = 1;
  let sites = 0;
  for (const text of sources()) {
    sites += [...text.matchAll(SITE)].length;
    for (const [form] of FORMS) {
      for (const [, event = ''] of text.matchAll(form)) {
        events.add(event.replaceAll(' ', '-'));
        named++;
      }
    }
  }
  return { events, sites, named };
}

/** First cells of the rows under a heading. */
function rowsUnder(heading: string): string[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  return [...section.matchAll(/^\| `([a-z0-9_-]+)` \|/gm)].map(([, name = '']) => name);
}

describe('docs/troubleshooting.md', () => {
  it('explains every event that the code logs, and no other', () => {
    const { events, sites, named } = eventsOfSource();
    expect(named, 'places that log, and names found there').toBe(sites);
    expect(rowsUnder('By log line').toSorted()).toEqual([...events].toSorted());
  });

  it('explains every verdict and every drop reason', () => {
    expect(rowsUnder('By verdict')).toEqual([...LEG_STATES]);
    for (const state of CALL_STATES) expect(page).toContain(`\`${state}\``);
    expect(rowsUnder('By drop reason')).toEqual([...DROP_REASONS]);
  });

  it('names only metrics that exist', () => {
    const known = new Set(METRIC_NAMES.map((name) => METRIC_PREFIX + name));
    const operating = readFileSync(join(root, 'docs/operating.md'), 'utf8');
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const named = [page, operating, readme].flatMap((text) => text.match(/srtp_anchor_[a-z_]*[a-z]/g) ?? []);
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});
