import { z } from 'zod';
import { duration } from './duration.ts';

/** Who fine-tunes a model: Driftloop itself, or any program that keeps a small contract (docs/trainers.md). */

export const commandTrainerSchema = z.strictObject({
  kind: z.literal('command'),
  command: z.array(z.string().min(1)).min(1).meta({
    description:
      'a program and its arguments, started in the working directory of whoever trains or answers: ["python", "train.py"]',
  }),
  settings: z
    .record(z.string(), z.json())
    .default({})
    .meta({ description: 'handed to the program as they are' }),
  silence: duration.default('1h').meta({ description: 'a program that says nothing for so long is ended' }),
  grace: duration
    .default('10s')
    .meta({ description: 'how long it may take to end after SIGTERM, before it is killed' }),
});

export const trainerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('driftloop') }),
  commandTrainerSchema,
]);
export type TrainerConfig = z.output<typeof trainerSchema>;
/** Fine-tuning and answers by a program of the team's own. */
export type CommandTrainer = z.output<typeof commandTrainerSchema>;
