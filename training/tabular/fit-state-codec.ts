import { z } from 'zod';
import type { StateCodec } from '../checkpoints/checkpoint.ts';
import { flat } from '../checkpoints/kept-tensors.ts';
import type { KeptTensors } from '../checkpoints/kept-tensors.ts';
import type { FitState } from './fit.ts';

const count = z.int().nonnegative();
const headSchema = z.strictObject({
  step: count,
  epoch: count,
  at: count,
  random: z.array(z.int()).readonly(),
  powers: z.tuple([z.number(), z.number()]).readonly(),
  best: z.strictObject({ epoch: count, loss: z.number() }).nullable(),
  validationLoss: z.number().nullable(),
});

/** The state of a table's training in a checkpoint. */
export const fitStateCodec: StateCodec<FitState, z.output<typeof headSchema>> = {
  head: headSchema,
  take({ step, epoch, at, order, random, learner, best, validationLoss }) {
    const kept = best && { epoch: best.epoch, loss: best.loss };
    return {
      head: { step, epoch, at, random, powers: learner.powers, best: kept, validationLoss },
      tensors: [
        flat('weights', learner.weights),
        flat('m', learner.m),
        flat('v', learner.v),
        flat('order', order),
        ...(best ? [flat('best', best.weights)] : []),
      ],
    };
  },
  give({ powers, best, ...rest }, tensors) {
    return {
      ...rest,
      order: tensors.values('order', Int32Array),
      learner: {
        weights: ofLearner(tensors, 'weights'),
        m: ofLearner(tensors, 'm'),
        v: ofLearner(tensors, 'v'),
        powers,
      },
      best: best && { ...best, weights: Float32Array.from(tensors.values('best', Float32Array)) },
    };
  },
};

const ofLearner = (tensors: KeptTensors, name: string) =>
  tensors.values<Float32Array | Float64Array>(name, Float32Array, Float64Array);
