import { z } from 'zod';
import { duration } from './duration.ts';

/** Who fine-tunes a model: Driftloop itself, or any program that keeps a small contract (docs/trainers.md). */

/**
 * A model server of the team's own that answers with what a program has trained: anything that speaks the Open Inference
 * Protocol v2 with its repository API, such as MLServer or Triton in explicit mode; or TensorFlow Serving.
 */
export const modelServerSchema = z.strictObject({
  speaks: z
    .enum(['open-inference', 'tensorflow-serving'])
    .default('open-inference')
    .meta({ description: 'its protocol' }),
  url: z.url({ protocol: /^https?$/ }).meta({ description: 'its address: http://mlserver:8080' }),
  repository: z.string().min(1).meta({
    description:
      'its model repository, as a folder of whoever loads versions; versions are put there and loaded',
  }),
  seenAt: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'the same folder as a TensorFlow Serving sees it, where that is another path' }),
  patience: duration
    .default('2m')
    .meta({ description: 'how long loading a version, and answering a request, may take' }),
});
/** Where versions are answered that the server loads. */
export type ModelServer = z.output<typeof modelServerSchema>;

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
  server: modelServerSchema
    .optional()
    .meta({ description: 'who answers with what was trained, in place of the program itself' }),
});

export const trainerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('driftloop') }),
  commandTrainerSchema,
]);
export type TrainerConfig = z.output<typeof trainerSchema>;
/** Fine-tuning and answers by a program of the team's own. */
export type CommandTrainer = z.output<typeof commandTrainerSchema>;
