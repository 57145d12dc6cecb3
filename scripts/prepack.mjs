/** Before `npm pack`: dist/, and the source of libsrtp inside the package, so that who installs it downloads nothing more. */
import fs from 'node:fs';
import path from 'node:path';
import { ensureLibsrtp, pin } from './fetch-libsrtp.mjs';
import { ensureDist } from './lib/dist-build.mjs';
import { withLock } from './lib/lock.mjs';
import { inRoot } from './lib/paths.mjs';

const vendored = inRoot('vendor/libsrtp');

await withLock(() => {
  ensureDist();
  const source = ensureLibsrtp();
  if (source === vendored) return;
  for (const part of pin.parts) {
    fs.cpSync(path.join(source, part), path.join(vendored, part), { recursive: true });
  }
});
