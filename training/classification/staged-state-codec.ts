import { z } from 'zod';
import type { StateCodec } from '../checkpoints/checkpoint.ts';
import { flat } from '../checkpoints/kept-tensors.ts';
import type { Validation } from '../fine-tuning/tuning-state.ts';
import type { NamedTensor } from '../safetensors.ts';
import type { StagedState } from './tune-classifier.ts';

const count = z.int().nonnegative();
const validationSchema = z.strictObject({ loss: z.number(), score: z.number() });
const headSchema = z.strictObject({
  stage: count,
  step: count,
  epoch: count,
  at: count,
  random: z.array(z.int()).readonly(),
  microBatchSize: z.int().positive(),
  stopping: z.strictObject({
    seen: count,
    best: z.strictObject({ at: count, value: z.number() }).nullable(),
    withoutImprovement: count,
    stop: z.boolean(),
  }),
  optimizerSteps: count,
  best: z.strictObject({ epoch: count, validation: validationSchema }).nullable(),
  validation: validationSchema.nullable(),
});

/** The state of a network's training in a checkpoint. */
export const stagedStateCodec: StateCodec<StagedState, z.output<typeof headSchema>> = {
  head: headSchema,
  take({ stage, state: { parameters, optimizer, order, best, validation, ...rest } }) {
    return {
      head: {
        ...rest,
        stage,
        optimizerSteps: optimizer.steps,
        best: best && { epoch: best.epoch, validation: best.validation },
        validation: finite(validation),
      },
      tensors: [
        flat('order', order),
        ...under('parameters/', parameters),
        ...under('optimizer/', optimizer.tensors),
        ...under('best/', best?.parameters ?? []),
      ],
    };
  },
  give({ stage, optimizerSteps, best, ...rest }, tensors) {
    return {
      stage,
      state: {
        ...rest,
        order: tensors.values('order', Int32Array),
        parameters: tensors.under('parameters/'),
        optimizer: { steps: optimizerSteps, tensors: tensors.under('optimizer/') },
        best: best && { ...best, parameters: tensors.under('best/') },
      },
    };
  },
};

const under = (prefix: string, tensors: readonly NamedTensor[]): NamedTensor[] =>
  tensors.map((tensor) => ({ ...tensor, name: prefix + tensor.name }));

/** JSON has no number that is none. It is only for people until the next one is found. */
const finite = (validation: Validation | null): Validation | null =>
  validation && Number.isFinite(validation.loss) ? validation : null;
