import type { CtlCommand } from '../ctl/ctl-command.js';
import { runCtl } from '../ctl/run-ctl.js';

/** `srtp-anchor ctl`: on this process's terminal; an interrupt ends `top`. */
export function ctl(command: CtlCommand): Promise<number> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const { columns, rows, isTTY } = process.stdout;
  return runCtl(command, {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    stop: stop.signal,
    terminal: isTTY ? { rows, columns } : null,
  });
}
