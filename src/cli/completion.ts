import type { Command } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

interface Node {
  /** Words after the program's name that lead here: '' for the program itself. */
  readonly path: string;
  readonly words: readonly { readonly word: string; readonly help: string }[];
}

/** A script that completes commands and flags as this build of the program has them. */
export function completionScript(shell: Shell, program: Command): string {
  const nodes = collect(program, '');
  if (shell === 'fish') return fishScript(program.name(), nodes);
  return shell === 'bash' ? bashScript(program.name(), nodes) : zshScript(program.name(), nodes);
}

function collect(command: Command, path: string): Node[] {
  const children = command.commands.map((child) => ({ word: child.name(), help: child.description() }));
  const flags = command.options.flatMap((option) =>
    option.long === undefined ? [] : [{ word: option.long, help: option.description }],
  );
  const inner = command.commands.flatMap((child) => collect(child, `${path} ${child.name()}`.trim()));
  return [{ path, words: [...children, ...flags] }, ...inner];
}

function wordsOf(node: Node): string {
  return node.words.map(({ word }) => word).join(' ');
}

function bashScript(name: string, nodes: readonly Node[]): string {
  const cases = nodes.map((node) => `    '${node.path}') words='${wordsOf(node)}' ;;`);
  return `# bash completion for ${name}: source it, or put it into /etc/bash_completion.d
_srtp_anchor() {
  local path='' word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
    case "$path" in ctl|'ctl '*) ;; *) path="\${path%% *}" ;; esac
  done
  case "$path" in
${cases.join('\n')}
    'ctl '*) words='--url --token --json' ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  if [ \${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")); fi
}
complete -F _srtp_anchor ${name}
`;
}

function zshScript(name: string, nodes: readonly Node[]): string {
  const cases = nodes.map((node) => `    '${node.path}') candidates=(${node.words.map(zshWord).join(' ')}) ;;`);
  return `#compdef ${name}
# zsh completion for ${name}: put it as _${name} into a folder of $fpath
_srtp_anchor() {
  local path='' word
  local -a candidates
  for word in "\${(@)words[2,CURRENT-1]}"; do
    [[ $word == -* ]] || path="\${path:+$path }$word"
    [[ $path == ctl || $path == 'ctl '* ]] || path="\${path%% *}"
  done
  case "$path" in
${cases.join('\n')}
  esac
  if (( \${#candidates} )); then _describe '${name}' candidates; else _files; fi
}
compdef _srtp_anchor ${name}
`;
}

function zshWord({ word, help }: { readonly word: string; readonly help: string }): string {
  return `'${word}:${help.replaceAll("'", '’').replaceAll(':', ';')}'`;
}

function fishScript(name: string, nodes: readonly Node[]): string {
  const lines = nodes.flatMap((node) => node.words.map(({ word, help }) => fishLine(name, node.path, word, help)));
  return `# fish completion for ${name}: put it into ~/.config/fish/completions/${name}.fish\n${lines.join('\n')}\n`;
}

function fishLine(name: string, path: string, word: string, help: string): string {
  const seen = path.split(' ').filter((part) => part !== '');
  const condition =
    seen.length === 0
      ? '__fish_use_subcommand'
      : seen.map((part) => `__fish_seen_subcommand_from ${part}`).join('; and ');
  const candidate = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`;
  return `complete -c ${name} -f -n '${condition}' ${candidate} -d '${help.replaceAll("'", '’')}'`;
}
