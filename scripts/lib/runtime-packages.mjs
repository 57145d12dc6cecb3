import fs from 'node:fs';
import { inRoot } from './paths.mjs';

/** Dependencies that only build the addon: a package that brings the addon leaves them out. */
const buildTools = new Set(['cmake-js', 'node-addon-api', 'node-api-headers']);

/** Folders below node_modules that the running relay needs, as package-lock.json resolves them: `node_modules/NAME`. */
export function runtimePackages() {
  const { packages } = JSON.parse(fs.readFileSync(inRoot('package-lock.json'), 'utf8'));
  const found = new Set();
  const add = (from, name) => {
    const place = resolve(packages, from, name);
    if (place === null) throw new Error(`package-lock.json has no ${name} for ${from || 'us'}`);
    if (found.has(place)) return;
    found.add(place);
    for (const next of Object.keys(packages[place].dependencies ?? {})) add(place, next);
  };
  for (const name of Object.keys(packages[''].dependencies)) if (!buildTools.has(name)) add('', name);
  // What lies in another package's folder is copied with it.
  return [...found].filter((place) => place.lastIndexOf('node_modules/') === 0).sort();
}

/** As Node looks for a package: in the folder of who asks, then in those around it. */
function resolve(packages, from, name) {
  const place = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
  if (place in packages) return place;
  return from === '' ? null : resolve(packages, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name);
}
