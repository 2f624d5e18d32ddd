import type { Argument, Command, Option } from 'commander';
import { createProgram } from '../cli/main.ts';

/** The reference page of the command line, from the program itself: what `--help` says, in one place. */
export function cliPage(): string {
  const leaves = leavesOf(createProgram());
  return [
    '# The command line',
    '',
    'Made from the commands themselves by `npm run docs`. `driftloop COMMAND --help` says the same.',
    '',
    'Every command takes `--json`: the answer is one line of JSON on stdout, an error `{ "error": { "code", "message", "fix", "docs" } }` on stderr. It ends with 0 where all is well, 1 after a mistake or where a part is missing ([errors](errors.md)), 2 where it was typed wrong, 70 after a bug of Driftloop’s own. `driftloop completion bash`, `zsh` or `fish` prints a script that completes commands and options.',
    '',
    '| command | |',
    '|---|---|',
    ...leaves.map(
      ({ name, command }) =>
        `| [\`${name}\`](#${name.replaceAll(' ', '-')}) | ${cell(command.description())} |`,
    ),
    '',
    ...leaves.flatMap(sectionOf),
  ].join('\n');
}

type Leaf = { name: string; command: Command };

/** The commands that do something, by the words that one types. */
const leavesOf = (command: Command, words: readonly string[] = []): Leaf[] =>
  command.commands.flatMap((child) => {
    const name = [...words, child.name()];
    return child.commands.length > 0 ? leavesOf(child, name) : [{ name: name.join(' '), command: child }];
  });

/** In the options of every command, and told once at the top of the page. */
const everywhere = ['--json', '--help'];

function sectionOf({ name, command }: Leaf): string[] {
  const options = command.options.filter(({ long, hidden }) => !hidden && !everywhere.includes(long ?? ''));
  const rows = [
    ...command.registeredArguments.map(rowOfArgument),
    ...options.toSorted((a, b) => Number(b.mandatory) - Number(a.mandatory)).map(rowOfOption),
  ];
  return [
    `## ${name}`,
    '',
    sentence(command.description()),
    '',
    '```sh',
    ...examplesOf(command),
    '```',
    '',
    ...(rows.length === 0 ? [] : ['| | | |', '|---|---|---|', ...rows, '']),
  ];
}

const rowOfArgument = (argument: Argument): string => {
  const name = `${argument.name()}${argument.variadic ? '…' : ''}`;
  return `| \`${name.toUpperCase()}\` | ${argument.required ? 'needed' : ''} | ${cell(argument.description)}${choicesOf(argument.argChoices)} |`;
};

const rowOfOption = (option: Option): string =>
  `| \`${cell(option.flags)}\` | ${option.mandatory ? 'needed' : defaultOf(option)} | ${cell(option.description)}${choicesOf(option.argChoices)} |`;

const choicesOf = (choices: readonly string[] | undefined): string =>
  choices === undefined ? '' : ` (${choices.map((choice) => `\`${choice}\``).join(', ')})`;

const defaultOf = ({ defaultValue }: Option): string =>
  defaultValue === undefined ||
  defaultValue === false ||
  (Array.isArray(defaultValue) && defaultValue.length === 0)
    ? ''
    : `\`${typeof defaultValue === 'string' ? defaultValue : JSON.stringify(defaultValue)}\``;

/** The examples that the help of a command ends with. */
function examplesOf(command: Command): string[] {
  let help = '';
  const write = (text: string) => (help += text);
  command.configureOutput({ writeOut: write });
  command.outputHelp();
  return [...help.matchAll(/^ {2}\$ (driftloop .*)$/gm)].map(([, example]) => example!);
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}.`.replace(/\.\.$/, '.');
