/**
 * Beginnings of what may be an inline key in an input; none may show up in a text that we write. What the input says
 * elsewhere too, in the name of a suite say, is no secret.
 */
export function keysIn(input: string): readonly string[] {
  const keys = [...input.matchAll(/inline:([A-Za-z0-9+/]{16,})/gi)].map(([, key]) => key!.slice(0, 16));
  const rest = input.replaceAll(/inline:[A-Za-z0-9+/]*/gi, '');
  return keys.filter((key) => !rest.includes(key));
}

export function assertNoKey(input: string, text: string): void {
  if (keysIn(input).some((key) => text.includes(key))) throw new Error('a text holds a key of the input');
}
