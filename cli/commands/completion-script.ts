import type { Command } from 'commander';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** What may follow some words of a command line. */
type Place = Readonly<{
  /** The words before, without `driftloop`. */
  after: string;
  commands: readonly Readonly<{ name: string; says: string }>[];
  options: readonly Readonly<{ long: string; says: string }>[];
}>;

/**
 * A script that completes every command and option, and files where nothing else fits. It is made of the program once
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

function placesOf(command: Command, after = ''): Place[] {
  const commands = command.commands.filter((child) => child.name() !== 'help');
  const own: Place = {
    after,
    commands: commands.map((child) => ({ name: child.name(), says: child.description() })),
    options: [
      ...command.options.flatMap(({ long, description }) => (long ? [{ long, says: description }] : [])),
      { long: '--help', says: 'what it does, its options, and examples' },
    ],
  };
  return [own, ...commands.flatMap((child) => placesOf(child, `${after} ${child.name()}`.trim()))];
}

function bash(places: readonly Place[]): string {
  const cases = places.map(
    ({ after, commands, options }) =>
      `    '${after}') words='${commands.map(({ name }) => name).join(' ')}' options='${options.map(({ long }) => long).join(' ')}' ;;`,
  );
  return `_driftloop() {
  local current="\${COMP_WORDS[COMP_CWORD]}" after='' known='${places.map(({ after }) => `|${after}`).join('')}|' word words='' options=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$known" in *"|\${after:+$after }$word|"*) after="\${after:+$after }$word" ;; *) break ;; esac
  done
  case "$after" in
${cases.join('\n')}
  esac
  if [[ "$current" == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$current"))
  elif [[ -n "$words" ]]; then COMPREPLY=($(compgen -W "$words" -- "$current"))
  else COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _driftloop driftloop
`;
}

function fish(places: readonly Place[]): string {
  const quoted = (text: string) => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
  const lines = places.flatMap(({ after, commands, options }) => {
    const test = quoted(`__driftloop_after '${after}'`);
    return [
      ...(commands.length === 0 ? [] : [`complete -c driftloop -n ${test} -f`]),
      ...commands.map(
        ({ name, says }) => `complete -c driftloop -n ${test} -a ${quoted(name)} -d ${quoted(says)}`,
      ),
      ...options.map(
        ({ long, says }) => `complete -c driftloop -n ${test} -l ${long.slice(2)} -d ${quoted(says)}`,
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
