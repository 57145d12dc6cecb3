/** A tiny bencode of the tests' own, so that a fault in the product's codec cannot hide behind itself. */
export type BencodeValue = string | number | Buffer | readonly BencodeValue[] | BencodeDictionary;
export interface BencodeDictionary {
  readonly [key: string]: BencodeValue;
}

export function encodeBencode(value: BencodeValue): Buffer {
  if (typeof value === 'number') return Buffer.from(`i${value}e`);
  if (typeof value === 'string') return encodeBytes(Buffer.from(value));
  if (Buffer.isBuffer(value)) return encodeBytes(value);
  if (isList(value)) return Buffer.concat([Buffer.from('l'), ...value.map(encodeBencode), Buffer.from('e')]);
  const entries = Object.entries(value).map(([key, entry]) =>
    Buffer.concat([encodeBencode(key), encodeBencode(entry)]),
  );
  return Buffer.concat([Buffer.from('d'), ...entries, Buffer.from('e')]);
}

function encodeBytes(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length}:`), bytes]);
}

function isList(value: BencodeValue): value is readonly BencodeValue[] {
  return Array.isArray(value);
}

/** Strings come back as UTF-8 text. Throws on anything malformed. */
export function decodeBencode(bytes: Buffer): BencodeValue {
  const reader = new Reader(bytes);
  const value = reader.value();
  if (reader.at !== bytes.length) throw new Error(`${bytes.length - reader.at} octets after the value`);
  return value;
}

class Reader {
  at = 0;
  constructor(readonly bytes: Buffer) {}

  value(): BencodeValue {
    switch (String.fromCharCode(this.bytes[this.at] ?? 0)) {
      case 'i':
        this.at++;
        return this.#integerUntil('e');
      case 'l':
        return this.#list();
      case 'd':
        return this.#dictionary();
      default:
        return this.#text();
    }
  }

  #list(): BencodeValue[] {
    const items: BencodeValue[] = [];
    for (this.at++; !this.#atEnd();) items.push(this.value());
    return items;
  }

  #dictionary(): BencodeDictionary {
    const entries: [string, BencodeValue][] = [];
    for (this.at++; !this.#atEnd();) entries.push([this.#text(), this.value()]);
    return Object.fromEntries(entries);
  }

  #atEnd(): boolean {
    if (this.at >= this.bytes.length) throw new Error('bencode ends early');
    if (this.bytes[this.at] !== 0x65) return false;
    this.at++;
    return true;
  }

  #text(): string {
    const length = this.#integerUntil(':');
    const end = this.at + length;
    if (length < 0 || end > this.bytes.length) throw new Error(`a string of ${length} octets`);
    const text = this.bytes.subarray(this.at, end).toString('utf8');
    this.at = end;
    return text;
  }

  #integerUntil(mark: string): number {
    const end = this.bytes.indexOf(mark, this.at);
    const digits = this.bytes.subarray(this.at, end < 0 ? this.at : end).toString('latin1');
    if (!/^-?\d+$/.test(digits)) throw new Error(`not an integer at ${this.at}: ${JSON.stringify(digits)}`);
    this.at = end + 1;
    return Number(digits);
  }
}
