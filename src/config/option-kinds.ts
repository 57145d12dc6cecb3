import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import type { Result } from '../shared/result.js';

/** How the value of an option is written, read and checked. The schema's messages say what would be right. */
export interface OptionKind<T> {
  readonly placeholder: string;
  /** What would be right, as a noun phrase. */
  readonly expects: string;
  /** From a YAML value, or from what `fromText` made, to the typed value. */
  readonly schema: z.ZodType<T>;
  /** A flag's or a variable's text as the value YAML would hold. Text that cannot be read comes back as it is. */
  readonly fromText: (text: string) => unknown;
  /** Whether the flag may be repeated; a variable then separates items by commas. */
  readonly repeatable: boolean;
  /** A flag without a value means true. */
  readonly isSwitch: boolean;
  /** The closed list of values, for completion; empty when there is none. */
  readonly choices: readonly string[];
}

const plain = { repeatable: false, isSwitch: false, choices: [] } as const;

export function integer(placeholder: string, least: number, most: number): OptionKind<number> {
  const expects = `a whole number from ${least} to ${most}`;
  return {
    ...plain,
    placeholder,
    expects,
    schema: z.int(expects).min(least, expects).max(most, expects),
    fromText: number,
  };
}

export function decimal(placeholder: string, least: number, most: number): OptionKind<number> {
  const expects = `a number from ${least} to ${most}`;
  return {
    ...plain,
    placeholder,
    expects,
    schema: z.number(expects).min(least, expects).max(most, expects),
    fromText: number,
  };
}

export function toggle(): OptionKind<boolean> {
  const expects = 'true or false';
  const words: Readonly<Record<string, boolean>> = {
    true: true,
    yes: true,
    on: true,
    '1': true,
    false: false,
    no: false,
    off: false,
    '0': false,
  };
  return {
    ...plain,
    placeholder: 'true|false',
    expects,
    schema: z.boolean(expects),
    fromText: (text) => words[text.toLowerCase()] ?? text,
    isSwitch: true,
    choices: ['true', 'false'],
  };
}

export function choice<const Choice extends string>(choices: readonly [Choice, ...Choice[]]): OptionKind<Choice> {
  const expects = `one of ${choices.join(', ')}`;
  return {
    ...plain,
    placeholder: choices.join('|'),
    expects,
    schema: z.enum(choices, expects),
    fromText: (text) => text,
    choices,
  };
}

/** Text that `parse` understands; its error text says what would be right. */
export function parsed<T>(
  placeholder: string,
  expects: string,
  parse: (text: string) => Result<T, string>,
): OptionKind<T> {
  return { ...plain, placeholder, expects, schema: parsedSchema(expects, parse), fromText: (text) => text };
}

export function parsedSchema<T>(expects: string, parse: (text: string) => Result<T, string>): z.ZodType<T> {
  return z.string(expects).transform((text, context): T => {
    const result = parse(text);
    if (result.ok) return result.value;
    context.addIssue({ code: 'custom', message: result.error, input: text });
    return z.NEVER;
  });
}

/** `none` (or an empty text, or YAML null) switches the option off. */
export function orNone<T>(kind: OptionKind<T>): OptionKind<T | null> {
  const expects = `${kind.expects}, or none`;
  const isNone = (value: unknown): boolean => value === null || value === '' || value === 'none';
  const schema = z.unknown().transform((value, context): T | null => {
    if (isNone(value)) return null;
    const result = kind.schema.safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues)
      context.addIssue({ code: 'custom', message: issue.message, path: [...issue.path], input: value });
    return z.NEVER;
  });
  return {
    ...kind,
    expects,
    schema,
    fromText: (text) => (isNone(text) ? null : kind.fromText(text)),
    choices: kind.choices,
  };
}

/** A list: the flag is repeated, a variable separates by commas, YAML has a sequence (or one item). */
export function list<T>(kind: OptionKind<T>): OptionKind<readonly T[]> {
  const items = z.array(kind.schema, `a list of: ${kind.expects}`);
  const asList = (value: unknown): unknown => (Array.isArray(value) || value === null ? value : [value]);
  const schema: z.ZodType<readonly T[]> = z.preprocess(asList, items);
  return {
    ...kind,
    expects: `a list; each: ${kind.expects}`,
    schema,
    fromText: (text) => splitItems(text).map((item) => kind.fromText(item)),
    repeatable: true,
  };
}

/** A mapping; as a flag or a variable it is written in YAML's flow form. */
export function structure<T>(placeholder: string, expects: string, schema: z.ZodType<T>): OptionKind<T> {
  return { ...plain, placeholder, expects, schema, fromText: flowText };
}

function splitItems(text: string): string[] {
  return text.split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim()]));
}

function number(text: string): unknown {
  return /^-?\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : text;
}

function flowText(text: string): unknown {
  try {
    return parseYaml(text) as unknown;
  } catch {
    return text;
  }
}
