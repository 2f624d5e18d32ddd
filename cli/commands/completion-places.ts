import type { Argument, Command, Option } from 'commander';

/** What a word may be: one of a few, the name of a file or a folder, or something that nobody can guess. */
export type Takes = readonly string[] | 'files' | 'nothing';

/** What may follow some words of a command line. */
export type Place = Readonly<{
  /** The words before, without `driftloop`. */
  after: string;
  commands: readonly Readonly<{ name: string; says: string }>[];
  /** `takes`: its value; null where it has none, or where it may be left out. */
  options: readonly Readonly<{ long: string; says: string; takes: Takes | null }>[];
  /** By their places. */
  args: readonly Readonly<{ takes: Takes; isVariadic: boolean }>[];
}>;

/** How a command calls what is a path. */
const paths: readonly string[] = ['file', 'dir', 'folder', 'base'];

export function placesOf(command: Command, after = ''): Place[] {
  const commands = command.commands.filter((child) => child.name() !== 'help');
  const own: Place = {
    after,
    commands: commands.map((child) => ({ name: child.name(), says: child.description() })),
    options: [
      ...command.options.flatMap((option) =>
        option.long ? [{ long: option.long, says: option.description, takes: valueOf(option) }] : [],
      ),
      { long: '--help', says: 'what it does, its options, and examples', takes: null },
    ],
    args: command.registeredArguments.map((argument) => ({
      takes: takesOf(argument, argument.name()),
      isVariadic: argument.variadic,
    })),
  };
  return [own, ...commands.flatMap((child) => placesOf(child, `${after} ${child.name()}`.trim()))];
}

const valueOf = (option: Option): Takes | null =>
  option.required ? takesOf(option, /<([a-z]+)/.exec(option.flags)?.[1] ?? '') : null;

const takesOf = ({ argChoices }: Pick<Argument, 'argChoices'>, name: string): Takes =>
  argChoices ?? (paths.includes(name) ? 'files' : 'nothing');
