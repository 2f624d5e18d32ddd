import { DriftloopError } from '../domain/errors.ts';
import type { CommandTrainer, TrainerConfig } from '../domain/trainer-config.ts';
import { readCommandSignature } from '../training/command/command-signature.ts';
import { kindOfVersion } from '../training/describe-version.ts';

/**
 * A folder may come from anywhere, and shall not bring a program to be run. The registry takes only what was trained
 * here. Throws DL_PROGRAM_UNTRUSTED.
 */
export async function refuseProgram(folder: string): Promise<void> {
  if ((await kindOfVersion(folder)) !== 'command') return;
  const { trainer } = await readCommandSignature(folder);
  throw untrusted(folder, trainer, 'Train it here: "driftloop model bootstrap", or a run.');
}

/** Only a program that a config names too is run for a folder. Throws DL_PROGRAM_UNTRUSTED. */
export function refuseOtherProgram(
  folder: string,
  named: CommandTrainer,
  trusted: TrainerConfig | null,
): void {
  if (trusted?.kind === 'command' && JSON.stringify(trusted.command) === JSON.stringify(named.command))
    return;
  const command = named.command.map((word) => JSON.stringify(word)).join(', ');
  throw untrusted(
    folder,
    named,
    `Where you trust it, name a config whose trainer is command([${command}]): --config FILE.`,
  );
}

const untrusted = (folder: string, { command }: CommandTrainer, fix: string) =>
  new DriftloopError(
    'DL_PROGRAM_UNTRUSTED',
    `The version in ${folder} answers by a program: ${command.join(' ')}. It is not run because a folder says so.`,
    { fix },
  );
