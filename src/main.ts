import { leaveHungWork } from './app/leave-hung-work.js';
import { demo } from './app/run-demo.js';
import { explain } from './app/run-explain.js';
import { bench } from './app/run-bench.js';
import { serve } from './app/serve.js';
import { runCli } from './cli/cli.js';
import { packageVersion } from './cli/package-info.js';
import { runCtlOnTerminal } from './ctl/ctl-terminal.js';

const version = packageVersion();

process.exitCode = await runCli(process.argv.slice(2), {
  serve: async (config) => leaveHungWork(await serve(config, version)),
  demo: (request) => demo(request, version),
  ctl: runCtlOnTerminal,
  explain: (request) => Promise.resolve(explain(request)),
  bench,
});
