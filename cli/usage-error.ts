import type { Command, CommanderError } from 'commander';
import { capital, sentence } from '../console/wording.ts';
import { DriftloopError } from '../domain/errors.ts';

/** What commander says of a command that it cannot read, as an error of ours, its guess at what was meant included. */
export const usageError = ({ message }: Pick<CommanderError, 'message'>, command: Command): DriftloopError =>
  new DriftloopError(
    'DL_USAGE',
    sentence(capital(message.replace(/^error: /, '').replace(/\.?\n\((.*)\)$/s, '. $1'))),
    { fix: `${wordsOf(command).join(' ')} --help` },
  );

const wordsOf = (command: Command): string[] => [
  ...(command.parent === null ? [] : wordsOf(command.parent)),
  command.name(),
];
