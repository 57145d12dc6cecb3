import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { text, type Reply } from '../reply.js';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Every file of the page; a name that is not here is not served. */
export const LIVE_FILES = [
  'index.html',
  'live.css',
  'live.js',
  'chart.js',
  'format.js',
  'overview.js',
  'call-page.js',
  'icon.svg',
] as const;

/**
 * The page's files, plain HTML, CSS and modules, served as they lie beside this module (the build copies them to dist/). Read
 * once at start, so that a request never touches the disk.
 */
export class LiveAssets {
  readonly #files: ReadonlyMap<string, Buffer>;

  constructor(folder = fileURLToPath(new URL('assets/', import.meta.url))) {
    this.#files = new Map(LIVE_FILES.map((name) => [name, readFileSync(join(folder, name))]));
  }

  reply(name: string): Reply {
    const body = this.#files.get(name);
    const contentType = TYPES[name.split('.').at(-1) ?? ''];
    return body === undefined || contentType === undefined
      ? text(404, 'no such file')
      : { status: 200, contentType, body, headers: {} };
  }
}
