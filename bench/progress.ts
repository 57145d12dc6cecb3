/** Tells the person who waits what goes on: one line that is rewritten on a terminal, plain lines elsewhere. */
export interface Progress {
  /** A step began. */
  step(text: string): void;
  /** Something that changes while the step goes on; shown on terminals only. */
  detail(text: string): void;
  done(): void;
}

export function progressTo(stream: NodeJS.WriteStream, now: () => number = Date.now): Progress {
  const started = now();
  const clock = (): string => {
    const seconds = Math.floor((now() - started) / 1000);
    return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
  };
  const rewrite = (text: string): void => {
    if (stream.isTTY) stream.write(`\r\x1b[K${text}`);
  };
  return {
    step(text) {
      if (stream.isTTY) rewrite('');
      stream.write(`[${clock()}] ${text}\n`);
    },
    detail: (text) => rewrite(`[${clock()}]   ${text}`),
    done: () => rewrite(''),
  };
}

export const silentProgress: Progress = { step: () => undefined, detail: () => undefined, done: () => undefined };
