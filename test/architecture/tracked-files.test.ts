import { describe, expect, it } from 'vitest';
import { projectFiles, read } from './source-tree.js';

/** Built from halves, so that this file does not find itself. */
const MACHINE_PATH = new RegExp(
  ['(^|[^\\w.])/(work', '/(main|shared)|root', '/(?!\\.\\w+rc)|home', '/[a-z]+/)'].join(''),
);
const REGISTRY_HOST = new RegExp(
  ['registry', '\\.(npmjs|yarnpkg|npmmirror)|//[\\w.:-]*(verdaccio|artifactory|nexus)', '[\\w.:-]*/'].join(''),
);

const texts = projectFiles().filter((file) => !/\.(png|svg|wav|pcap|bin|raw|ico|woff2?)$/.test(file));

function mentions(wanted: RegExp): string[] {
  return texts.flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, index) => (wanted.test(line) ? [`${file}:${String(index + 1)}`] : [])),
  );
}

describe('Tracked files', () => {
  it('name no path of the machine that they were written on', () => {
    expect(mentions(MACHINE_PATH)).toEqual([]);
  });

  it('name no package registry: who installs chooses it', () => {
    expect(mentions(REGISTRY_HOST)).toEqual([]);
    expect(read('package-lock.json')).not.toContain('"resolved": "http');
  });

  it('hold neither what a build leaves nor the source of libsrtp', () => {
    const left = projectFiles().filter(
      (file) =>
        /^(build|dist|vendor|coverage|node_modules)\b/.test(file) ||
        /\.(node|o|a|so|tgz|log)$/.test(file) ||
        file.endsWith('/srtp.c'),
    );
    expect(left).toEqual([]);
  });
});
