import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { nearestName } from './nearest.js';
import { OPTION_KEYS, OPTIONS, optionKeyOf, type OptionKey } from './options.js';
import type { ConfigProblem } from './problems.js';

type Path = readonly PropertyKey[];

/** What one YAML file says, and where it says it. */
export interface YamlSource {
  readonly values: ReadonlyMap<OptionKey, unknown>;
  readonly problems: readonly ConfigProblem[];
  /** `FILE:LINE` of an option, or of something inside it. */
  readonly where: (key: OptionKey, path: Path) => string;
}

export function readYaml(fileName: string, text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => `${fileName}:${lines.linePos(offset).line}`;
  const where = (key: OptionKey, path: Path): string => at(offsetOf(document, [OPTIONS[key].name, ...path]));
  const syntax = [...document.errors, ...document.warnings].map((error) => syntaxProblem(at(error.pos[0]), error.code));
  if (syntax.length > 0) return { values: new Map(), problems: syntax, where };
  if (document.contents === null) return { values: new Map(), problems: [], where };
  if (!isMap(document.contents)) {
    const problem = {
      option: 'the file',
      where: at(0),
      what: 'is not a mapping',
      right: 'lines of the form `option: value`',
    };
    return { values: new Map(), problems: [problem], where };
  }
  return { ...readPairs(document.contents.items, document, at), where };
}

type Pairs = readonly { readonly key: unknown; readonly value: unknown }[];

function readPairs(
  pairs: Pairs,
  document: Document,
  at: (offset: number) => string,
): Pick<YamlSource, 'values' | 'problems'> {
  const values = new Map<OptionKey, unknown>();
  const problems: ConfigProblem[] = [];
  for (const pair of pairs) {
    const name = isScalar(pair.key) ? String(pair.key.value) : '';
    const key = optionKeyOf(name);
    if (key === undefined) problems.push(unknownOption(name, at(isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0)));
    else values.set(key, plainValue(pair.value, document));
  }
  return { values, problems };
}

/** An alias that cannot be resolved, or one that would multiply without end, is left as a text that no option takes. */
function plainValue(node: unknown, document: Document): unknown {
  try {
    return isNode(node) ? node.toJS(document) : node;
  } catch {
    return '*alias';
  }
}

/** The parser's own message may quote the file, and with it a secret: only its code is passed on. */
function syntaxProblem(where: string, code: string): ConfigProblem {
  return {
    option: 'the file',
    where,
    what: `is not YAML (${code.toLowerCase().replaceAll('_', ' ')})`,
    right: 'lines of the form `option: value`',
  };
}

/** An option that does not exist, with the nearest that does. */
export function unknownOption(name: string, where: string): ConfigProblem {
  const nearest = nearestName(
    name,
    OPTION_KEYS.map((key) => OPTIONS[key].name),
  );
  return {
    option: name,
    where,
    what: 'unknown option',
    right: nearest === null ? 'one of those in docs/configuration.md' : `perhaps ${nearest}`,
  };
}

/** Offset of the deepest node on the path that exists: the value, or its key where the value has none. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range !== undefined && node.range !== null) return node.range[0];
  }
  return 0;
}
