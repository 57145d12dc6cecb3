import { runCtl } from './run-ctl.js';
import type { CtlCommand } from './ctl-command.js';

/** `runCtl` on the process's own terminal: q and Ctrl-C end `top`. */
export async function runCtlOnTerminal(command: CtlCommand): Promise<number> {
  const stop = new AbortController();
  const restore = command.action === 'top' && process.stdin.isTTY ? watchKeys(stop) : (): void => undefined;
  // Only `top` ends by being stopped; elsewhere Ctrl-C ends the process as usual.
  if (command.action === 'top') process.once('SIGINT', () => stop.abort());
  try {
    const { isTTY, rows, columns } = process.stdout;
    return await runCtl(command, {
      out: (text) => void process.stdout.write(text),
      err: (text) => void process.stderr.write(text),
      stop: stop.signal,
      terminal: isTTY ? { rows, columns } : null,
    });
  } finally {
    restore();
  }
}

function watchKeys(stop: AbortController): () => void {
  const { stdin } = process;
  const onKey = (key: Buffer): void => {
    // Raw mode delivers Ctrl-C as the octet 3 instead of a signal.
    if (key[0] === 3 || key.toString().toLowerCase().startsWith('q')) stop.abort();
  };
  stdin.setRawMode(true);
  stdin.on('data', onKey);
  return () => {
    stdin.setRawMode(false);
    stdin.off('data', onKey);
    stdin.pause();
  };
}
