import { buildConfig, defaultValues } from '../config/config.js';
import { runDemo } from '../demo/demo.js';
import { printDemo } from '../demo/print-demo.js';
import { EXIT } from '../cli/exit-codes.js';
import { createLogger } from '../log/logger.js';
import { AnchorApp } from './anchor-app.js';

/** `srtp-anchor demo`: a relay of its own on free ports, and one call through it. */
export async function demo(
  request: { readonly seconds: number; readonly json: boolean },
  version: string,
): Promise<number> {
  const config = buildConfig({
    ...defaultValues(),
    listenNg: [{ address: '127.0.0.1', port: 0 }],
    listenHttp: null,
    workers: 1,
  });
  const silent = createLogger({ write: () => undefined }, 'error');
  const app = new AnchorApp({ config, logger: silent, version });
  try {
    const { ng } = await app.start();
    const [control] = ng;
    if (control === undefined) throw new Error('the private relay does not listen');
    const report = await runDemo(control, request.seconds);
    process.stdout.write(request.json ? `${JSON.stringify(report, null, 2)}\n` : printDemo(report));
    return report.ok ? EXIT.ok : EXIT.failed;
  } finally {
    await app.stop();
  }
}
