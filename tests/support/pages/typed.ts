import { CommanderError } from 'commander';
import type { Command } from 'commander';
import { createProgram } from '../../../cli/main.ts';

/** The program with its actions taken out: it reads what was typed, and does nothing. */
function reader(needsAll: boolean): Command {
  const still = (command: Command): Command => {
    if (!needsAll) for (const option of command.options) option.mandatory = false;
    command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
    if (command.commands.length === 0) command.action(() => {});
    command.commands.forEach(still);
    return command;
  };
  return still(createProgram());
}

/**
 * What commander says against these arguments of `driftloop`; null where it would begin. A sentence may leave out what
 * a command needs: `needsAll` false.
 */
export async function problemOf(
  args: readonly string[],
  { needsAll = true } = {},
): Promise<{ code: string; message: string } | null> {
  try {
    await reader(needsAll).parseAsync([...args], { from: 'user' });
    return null;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? null : { code: error.code, message: error.message };
  }
}
