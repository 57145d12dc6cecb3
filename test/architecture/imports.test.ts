import { describe, expect, it } from 'vitest';
import { importsOf, roomOf, typeScriptFiles, type Import } from './source-tree.js';

/**
 * What each room of src/ may import besides itself and shared/. A value flows datagram → control → sdp → negotiation →
 * session → relay → native, and no room knows who stands upstream of it: the pure rooms know no session, the session
 * knows no control, the relay knows no session. A new room needs a row here.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  srtp: [],
  sdp: ['srtp'],
  negotiation: ['sdp', 'srtp'],
  relay: ['srtp'],
  session: ['relay', 'negotiation', 'sdp', 'srtp'],
  config: ['negotiation', 'srtp'],
  log: [],
  control: ['session', 'negotiation', 'sdp', 'srtp'],
  verdict: ['session', 'relay'],
  webhook: ['session', 'log'],
  metrics: ['session', 'relay', 'control', 'srtp'],
  http: ['session', 'metrics', 'verdict', 'control', 'relay', 'config', 'log'],
  explain: ['negotiation', 'sdp', 'srtp', 'config'],
  ctl: [],
  demo: ['config', 'control', 'negotiation', 'relay', 'sdp', 'srtp'],
  library: ['session', 'relay', 'negotiation', 'sdp', 'srtp'],
  cli: ['config', 'log', 'ctl', 'explain', 'demo'],
};

/** Where objects are put together: they may import everything, and only each other import them. */
const COMPOSITION_ROOTS = ['main.ts', 'index.ts', 'app'];

const PURE_ROOMS = ['sdp', 'srtp', 'negotiation'];
const MAKES_KEYS = 'src/srtp/master-key.ts';

const imports = typeScriptFiles('src').flatMap(importsOf);
const show = (found: Import): string => `${found.from} imports ${found.specifier}`;

function isAllowed({ from, target }: Import): boolean {
  if (target === null) return true;
  const room = roomOf(from);
  if (COMPOSITION_ROOTS.includes(room)) return true;
  return [room, 'shared', ...(MAY_IMPORT[room] ?? [])].includes(roomOf(target));
}

describe('Imports', () => {
  it('go along the arrow, never against it', () => {
    expect(imports.filter((found) => !isAllowed(found)).map(show)).toEqual([]);
  });

  it('come from rooms that the table knows', () => {
    const rooms = new Set(imports.map(({ from }) => roomOf(from)));
    const known = [...Object.keys(MAY_IMPORT), ...COMPOSITION_ROOTS];
    expect([...rooms].filter((room) => !known.includes(room))).toEqual([]);
  });

  it('form no circle of rooms', () => {
    const reaches = (room: string, seen: readonly string[] = []): readonly string[] =>
      (MAY_IMPORT[room] ?? []).flatMap((next) =>
        seen.includes(next) ? [next] : [next, ...reaches(next, [...seen, next])],
      );
    expect(Object.keys(MAY_IMPORT).filter((room) => reaches(room).includes(room))).toEqual([]);
  });

  it('stay inside src/', () => {
    const outside = imports.filter(({ target }) => target !== null && !target.startsWith('src/'));
    expect(outside.map(show)).toEqual([]);
  });

  it('of the pure rooms take nothing from Node but node:crypto in the one file that makes keys', () => {
    const impure = imports.filter(
      ({ from, specifier, target }) =>
        PURE_ROOMS.includes(roomOf(from)) && target === null && !(from === MAKES_KEYS && specifier === 'node:crypto'),
    );
    expect(impure.map(show)).toEqual([]);
  });

  it('never name main.ts, the composition root', () => {
    const everywhere = typeScriptFiles('src', 'test', 'bench').flatMap(importsOf);
    expect(everywhere.filter(({ target }) => target === 'src/main.ts').map(show)).toEqual([]);
  });

  it('reach native code through src/relay/addon.ts alone', () => {
    const loaders = typeScriptFiles('src').filter((file) =>
      importsOf(file).some(({ specifier }) => specifier === 'node:module' || specifier.endsWith('.node')),
    );
    expect(loaders).toEqual(['src/relay/addon.ts']);
  });
});
