/** After `npm pack`: a checkout keeps no copy of libsrtp that a change of the pin would not reach. */
import fs from 'node:fs';
import { isCheckout } from './lib/native-build.mjs';
import { inRoot } from './lib/paths.mjs';

if (isCheckout()) fs.rmSync(inRoot('vendor/libsrtp'), { recursive: true, force: true });
