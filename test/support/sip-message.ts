/** As much of RFC 3261's message format as a test agent needs. Header names are kept in lower case. */
export interface SipMessage {
  /** Request line or status line. */
  readonly start: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

const COMPACT: Readonly<Record<string, string>> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  l: 'content-length',
  c: 'content-type',
};

export function parseSip(text: string): SipMessage {
  const split = text.indexOf('\r\n\r\n');
  const [start = '', ...lines] = text.slice(0, split < 0 ? undefined : split).split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    return [COMPACT[name] ?? name, line.slice(colon + 1).trim()] as const;
  });
  return { start, headers, body: split < 0 ? '' : text.slice(split + 4) };
}

export function printSip({ start, headers, body }: SipMessage): string {
  const all = [
    ...headers,
    ...(body === '' ? [] : [['content-type', 'application/sdp'] as const]),
    ['content-length', String(Buffer.byteLength(body))] as const,
  ];
  return [start, ...all.map(([name, value]) => `${name}: ${value}`), '', body].join('\r\n');
}

export function header(message: SipMessage, name: string): string {
  return message.headers.find(([key]) => key === name)?.[1] ?? '';
}

/** Every value of a header, split at commas outside of brackets and quotes. */
export function headerValues(message: SipMessage, name: string): string[] {
  return message.headers
    .filter(([key]) => key === name)
    .flatMap(([, value]) => value.match(/(?:<[^>]*>|"[^"]*"|[^,<"])+/g) ?? [])
    .map((value) => value.trim());
}

/** Status code, or undefined for a request. */
export function statusOf({ start }: SipMessage): number | undefined {
  const match = /^SIP\/2\.0 (\d{3})/.exec(start);
  return match === null ? undefined : Number(match[1]);
}

export function methodOf(message: SipMessage): string {
  return statusOf(message) === undefined
    ? (message.start.split(' ')[0] ?? '')
    : (header(message, 'cseq').split(' ')[1] ?? '');
}

export function tagOf(value: string): string {
  return /;\s*tag=([^;>\s]+)/.exec(value)?.[1] ?? '';
}

/** The URI of a name-addr or addr-spec, without its header parameters. */
export function uriOf(value: string): string {
  return /<([^>]+)>/.exec(value)?.[1] ?? value.split(';')[0] ?? '';
}
