import { fileURLToPath } from 'node:url';
import type { World } from './world.js';

const BINARY = fileURLToPath(new URL('../../../../bin/srtp-anchor', import.meta.url));

/** `srtp-anchor ctl …` as an operator types it on the machine of the anchor. */
export async function control(world: World, ...args: readonly string[]): Promise<string> {
  const { address, port } = world.anchor.http;
  const all = [BINARY, 'ctl', ...args, '--url', `http://${address}:${port}`];
  const { stdout, stderr, code } = await world.host.run(process.execPath, all);
  if (code !== 0) throw new Error(`ctl ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}
