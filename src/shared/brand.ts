declare const brand: unique symbol;

/** A `T` that only a checking constructor makes, so that a call-id is never passed where a tag belongs. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Call-ID as the proxy names it (RFC 3261 §8.1.1.4); any non-empty text. */
export type CallId = Brand<string, 'CallId'>;
/** From-tag or To-tag of a dialogue (RFC 3261 §19.3); any non-empty text. */
export type Tag = Brand<string, 'Tag'>;

export function callId(text: string): CallId {
  if (text === '') throw new RangeError('a call-id is not empty');
  return text as CallId;
}

export function tag(text: string): Tag {
  if (text === '') throw new RangeError('a tag is not empty');
  return text as Tag;
}
