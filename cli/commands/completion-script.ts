import type { Command } from 'commander';
import { placesOf } from './completion-places.ts';
import type { Place, Takes } from './completion-places.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/**
 * A script that completes every command and option, what an option may be, and files where a file is asked for. It is made of the program once
 * and asks nobody when a key is pressed, so it answers at once; after an update it is printed anew.
 */
export function completionFor(program: Command, shell: Shell): string {
  const places = placesOf(program);
  switch (shell) {
    case 'bash':
      return bash(places);
    case 'zsh':
      // zsh understands what bash does, by its own means.
      return `#compdef driftloop\nautoload -U +X bashcompinit && bashcompinit\n${bash(places)}`;
    case 'fish':
      return fish(places);
    default:
      return shell satisfies never;
  }
}

/** As the script has it; words cannot begin with that. */
const said = (takes: Takes): string => (typeof takes === 'string' ? `@${takes}` : takes.join(' '));

function bash(places: readonly Place[]): string {
  const cases = places.map(
    ({ after, commands, options }) =>
      `    '${after}') words='${commands.map(({ name }) => name).join(' ')}' options='${options.map(({ long }) => long).join(' ')}' ;;`,
  );
  const values = places.flatMap(({ after, options }) =>
    options.flatMap(({ long, takes }) =>
      takes === null ? [] : [`    '${after} ${long}') takes='${said(takes)}' ;;`],
    ),
  );
  const args = places.flatMap(({ after, args }) =>
    args.map(
      ({ takes, isVariadic }, i) => `    '${after} '${isVariadic ? '*' : i}) takes='${said(takes)}' ;;`,
    ),
  );
  return `_driftloop_value() {
  case "$1" in
${values.join('\n')}
    *) takes='' ;;
  esac
}
_driftloop_argument() {
  case "$1" in
${args.join('\n')}
    *) takes='@nothing' ;;
  esac
}
_driftloop() {
  local current="\${COMP_WORDS[COMP_CWORD]}" after='' known='${places.map(({ after }) => `|${after}`).join('')}|' word words='' options=''
  local takes='' isKnown=yes isValue='' place=0
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ -n "$isKnown" && "$known" == *"|\${after:+$after }$word|"* ]]; then after="\${after:+$after }$word"; continue; fi
    isKnown=''
    if [[ -n "$isValue" ]]; then isValue=''
    elif [[ "$word" == -* ]]; then _driftloop_value "$after $word"; [[ -n "$takes" ]] && isValue=yes
    else place=$((place + 1)); fi
  done
  case "$after" in
${cases.join('\n')}
  esac
  if [[ -n "$isValue" ]]; then :
  elif [[ "$current" == -* ]]; then takes="$options"
  elif [[ -n "$words" ]]; then takes="$words"
  else _driftloop_argument "$after $place"; fi
  case "$takes" in
    @files) COMPREPLY=($(compgen -f -- "$current")) ;;
    @nothing) COMPREPLY=() ;;
    *) COMPREPLY=($(compgen -W "$takes" -- "$current")) ;;
  esac
}
complete -o filenames -F _driftloop driftloop
`;
}

/** In single quotes, as fish has them. */
const quoted = (text: string) => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;

function fish(places: readonly Place[]): string {
  const fishValue = (takes: Takes | null): string => {
    if (takes === null) return '';
    if (takes === 'files') return ' -r -F';
    return takes === 'nothing' ? ' -x' : ` -x -a ${quoted(said(takes))}`;
  };
  const lines = places.flatMap(({ after, commands, options, args }) => {
    const test = quoted(`__driftloop_after '${after}'`);
    const hasFiles = commands.length === 0 && args.some(({ takes }) => takes === 'files');
    return [
      ...(hasFiles ? [] : [`complete -c driftloop -n ${test} -f`]),
      ...args.flatMap(({ takes }) =>
        typeof takes === 'string' ? [] : [`complete -c driftloop -n ${test} -a ${quoted(said(takes))}`],
      ),
      ...commands.map(
        ({ name, says }) => `complete -c driftloop -n ${test} -a ${quoted(name)} -d ${quoted(says)}`,
      ),
      ...options.map(
        ({ long, says, takes }) =>
          `complete -c driftloop -n ${test} -l ${long.slice(2)}${fishValue(takes)} -d ${quoted(says)}`,
      ),
    ];
  });
  return `function __driftloop_after
  set -l known ${places.map(({ after }) => quoted(after)).join(' ')}
  set -l after ''
  for word in (commandline -opc)[2..-1]
    set -l more (string trim -- "$after $word")
    contains -- "$more" $known; or break
    set after $more
  end
  test "$after" = "$argv[1]"
end
${lines.join('\n')}
`;
}
