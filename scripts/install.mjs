/**
 * npm runs this when the published package is installed: it builds the addon from what the package holds, and downloads
 * nothing. In a checkout it leaves the work to `npm run build`.
 */
import { commandFor, missingPackages } from './lib/apt.mjs';
import { ensureAddon, isCheckout } from './lib/native-build.mjs';

try {
  if (!isCheckout()) {
    const missing = missingPackages('run') ?? [];
    if (missing.length > 0)
      throw new Error(`system packages are missing. Run this, then try again:\n\n${commandFor(missing)}\n`);
    ensureAddon();
  }
} catch (error) {
  console.error(`srtp-anchor: ${error.message}`);
  process.exitCode = 1;
}
