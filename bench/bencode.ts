/**
 * Bencode as the benchmark needs it, apart from the product's own: what drives both daemons must not share their code.
 */
export type Bencodable = number | string | readonly Bencodable[] | { readonly [key: string]: Bencodable };

export function encodeBencode(value: Bencodable): string {
  if (typeof value === 'number') return `i${Math.trunc(value)}e`;
  if (typeof value === 'string') return `${Buffer.byteLength(value)}:${value}`;
  if (Array.isArray(value)) return `l${value.map(encodeBencode).join('')}e`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `d${entries.map(([key, item]) => encodeBencode(key) + encodeBencode(item)).join('')}e`;
}

/** Throws on anything malformed. */
export function decodeBencode(octets: Buffer): Bencodable {
  const reader = new Reader(octets);
  const value = reader.value();
  if (!reader.atEnd) throw new SyntaxError('octets behind the value');
  return value;
}

class Reader {
  readonly #octets: Buffer;
  #at = 0;

  constructor(octets: Buffer) {
    this.#octets = octets;
  }

  get atEnd(): boolean {
    return this.#at === this.#octets.length;
  }

  value(): Bencodable {
    switch (String.fromCharCode(this.#octets[this.#at] ?? 0)) {
      case 'i':
        return this.#integer();
      case 'l':
        return this.#list();
      case 'd':
        return this.#dictionary();
      default:
        return this.#string();
    }
  }

  #integer(): number {
    const value = Number(this.#until('e').slice(1));
    if (!Number.isSafeInteger(value)) throw new SyntaxError('not an integer');
    return value;
  }

  #string(): string {
    const length = Number(this.#until(':'));
    const end = this.#at + length;
    if (!Number.isSafeInteger(length) || length < 0 || end > this.#octets.length) throw new SyntaxError('bad length');
    const text = this.#octets.toString('utf8', this.#at, end);
    this.#at = end;
    return text;
  }

  #list(): Bencodable[] {
    const items: Bencodable[] = [];
    for (this.#at++; !this.#closes();) items.push(this.value());
    return items;
  }

  #dictionary(): Record<string, Bencodable> {
    const entries: Record<string, Bencodable> = {};
    for (this.#at++; !this.#closes();) {
      const key = this.#string();
      entries[key] = this.value();
    }
    return entries;
  }

  #closes(): boolean {
    if (this.atEnd) throw new SyntaxError('ends too early');
    if (this.#octets[this.#at] !== 0x65) return false;
    this.#at++;
    return true;
  }

  /** Text up to the mark, and past it. */
  #until(mark: string): string {
    const end = this.#octets.indexOf(mark, this.#at);
    if (end < 0) throw new SyntaxError(`no ${mark}`);
    const text = this.#octets.toString('latin1', this.#at, end);
    this.#at = end + 1;
    return text;
  }
}
