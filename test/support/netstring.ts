/** Splits a stream of netstrings (`12:hello world!,`) as it comes. */
export class NetstringReader {
  #pending = Buffer.alloc(0);

  push(chunk: Buffer): string[] {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const messages: string[] = [];
    for (;;) {
      const colon = this.#pending.indexOf(':');
      if (colon < 0) return messages;
      const length = Number(this.#pending.subarray(0, colon).toString('latin1'));
      const end = colon + 1 + length;
      if (!Number.isInteger(length) || this.#pending.length < end + 1) return messages;
      messages.push(this.#pending.subarray(colon + 1, end).toString('utf8'));
      this.#pending = this.#pending.subarray(end + 1);
    }
  }
}

export function netstring(text: string): string {
  return `${Buffer.byteLength(text)}:${text},`;
}
