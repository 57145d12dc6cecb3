import { fileURLToPath } from 'node:url';
import path from 'node:path';

/** The folder that holds package.json: a checkout, or the unpacked package. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
/** Stamps, reports, dependencies: all that a build leaves, in one folder that git ignores. */
export const buildDir = path.join(root, 'build');

export function inRoot(...parts) {
  return path.join(root, ...parts);
}
