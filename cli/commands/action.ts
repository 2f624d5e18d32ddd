import { print, reportFailure } from '../output.ts';
import type { Answer } from '../output.ts';
import type { Command } from 'commander';

/** Wraps a command: parse, call one function, print; a user's own mistake never shows a stack trace. */
export const action =
  <Options extends { json?: boolean }>(
    run: (options: Options, ...args: string[]) => Promise<Answer | void>,
  ) =>
  async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command;
    const options = command.optsWithGlobals<Options>();
    const args = given
      .slice(0, -2)
      .flat()
      .filter((a): a is string => typeof a === 'string');
    try {
      const answer = await run(options, ...args);
      if (answer !== undefined) print(answer, options.json === true);
    } catch (error) {
      reportFailure(error, options.json === true);
    }
  };

/** Adds `--json` and examples, which every command has. */
export const documented = (command: Command, examples: readonly string[]): Command =>
  command
    .option('--json', 'print the answer as one line of JSON')
    .addHelpText('after', `\nExamples:\n${examples.map((e) => `  $ driftloop ${e}`).join('\n')}`);
