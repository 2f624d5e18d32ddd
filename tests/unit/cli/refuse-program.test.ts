import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { refuseOtherProgram, refuseProgram } from '../../../cli/refuse-program.ts';
import { command } from '../../../domain/config.ts';
import { trainerSchema } from '../../../domain/trainer-config.ts';
import type { CommandTrainer } from '../../../domain/trainer-config.ts';
import { commandSignatureSchema } from '../../../training/command/command-signature.ts';
import { ARTIFACT_FORMAT } from '../../../training/signature.ts';
import { writeSignature } from '../../../training/signature-file.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const trainer = trainerSchema.parse(command(['python', 'train.py'])) as CommandTrainer;

test('a folder that would bring a program to be run is not taken into the registry', async () => {
  const folder = path.join(tempFolder(), 'version');
  mkdirSync(folder);
  const training = { rows: 2, validationRows: 2, steps: 1, epochs: 1, bestEpoch: 1, validationLoss: null };
  const signature = commandSignatureSchema.parse({
    format: ARTIFACT_FORMAT,
    kind: 'command',
    model: { name: 'm', task: { kind: 'regression' }, input: { a: { kind: 'number' } } },
    trainer,
    parameters: { trainable: 1, total: 1 },
    reference: { features: {}, labels: {} },
    training: { ...training, backend: 'command', notes: [] },
    lineage: {},
  });
  await writeSignature(folder, signature);
  await expect(refuseProgram(folder)).rejects.toMatchObject({
    code: 'DL_PROGRAM_UNTRUSTED',
    message: expect.stringContaining('python train.py') as string,
  });
});

test('a program is run for a folder where a config names the same command, and not otherwise', () => {
  expect(() => refuseOtherProgram('v1', trainer, trainer)).not.toThrow();
  for (const trusted of [
    null,
    trainerSchema.parse({ kind: 'driftloop' }),
    trainerSchema.parse(command(['python', 'other.py'])),
  ])
    expect(() => refuseOtherProgram('v1', trainer, trusted)).toThrow(
      expect.objectContaining({
        code: 'DL_PROGRAM_UNTRUSTED',
        fix: expect.stringContaining('command(["python", "train.py"])') as string,
      }) as Error,
    );
});
