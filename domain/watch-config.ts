import { z } from 'zod';
import { detectorSchema } from './detector-config.ts';
import { driftSchema } from './drift-config.ts';
import { duration } from './duration.ts';

/** What is watched of a model: the schema of `watch`. */

const share = z.number().gt(0).lt(1);

/** How long it looks back, how long it has to stay so, and with how few rows nothing is known. */
const inWindow = (window: string, leastRows: number, description: string) => ({
  window: duration.default(window),
  for: duration.default('10m'),
  minRows: z.int().positive().default(leastRows).meta({ description }),
});

const qualityMetrics = ['accuracy', 'macroPrecision', 'macroRecall', 'macroF1'] as const;

export const watchSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('quality'),
    metric: z.enum(qualityMetrics).meta({ description: 'of the champion, over the window' }),
    atLeast: z.number().min(0).max(1).meta({ description: 'below it the alert fires' }),
    ...inWindow('1d', 100, 'with fewer labelled rows the finding is unknown'),
  }),
  z.strictObject({
    kind: z.literal('off-by'),
    metric: z.enum(['mae', 'rmse']).meta({
      description: 'how far off the numbers of the champion are: mean absolute, or root mean squared error',
    }),
    atMost: z
      .number()
      .nonnegative()
      .meta({ description: 'above it the alert fires, in the unit of the number' }),
    ...inWindow('1d', 100, 'with fewer labelled rows the finding is unknown'),
  }),
  z.strictObject({
    kind: z.literal('objective'),
    metric: z.enum(qualityMetrics).meta({ description: 'of the champion' }),
    atLeast: share.meta({ description: 'over the whole stretch; what is missing to 1 is the error budget' }),
    over: duration.default('7d').meta({ description: 'the stretch that the objective is about' }),
    minRows: z.int().positive().default(50).meta({
      description: 'with fewer labelled rows in a window the rate at which the budget burns is unknown',
    }),
  }),
  z.strictObject({
    kind: z.literal('as-happened'),
    metric: z.literal('accuracy').default('accuracy').meta({
      description: 'of the champion, by the time of the predictions instead of that of their labels',
    }),
    atLeast: z.number().min(0).max(1).meta({ description: 'below it the alert fires' }),
    coverage: z.number().gt(0).max(1).meta({
      description: 'share of the predictions of the window that must have labels; with fewer it is unknown',
    }),
    ...inWindow('7d', 100, 'with fewer labelled rows the finding is unknown'),
    lag: duration
      .default('0s')
      .meta({ description: 'the window ends so long ago: how long labels take to come' }),
  }),
  z.strictObject({
    kind: z.literal('estimated'),
    metric: z
      .enum(qualityMetrics)
      .meta({ description: 'of the champion, as it is expected before labels come' }),
    atLeast: z
      .number()
      .min(0)
      .max(1)
      .meta({ description: 'below it the alert fires: suspected, never detected' }),
    ...inWindow('1d', 100, 'with fewer predictions the estimate is unknown'),
  }),
  z.strictObject({
    kind: z.literal('slice'),
    of: z
      .string()
      .meta({ description: 'a declared slice (gate.slices); each of its values is held to the bound' }),
    metric: z.enum(['accuracy', 'macroF1']).default('accuracy'),
    atLeast: z.number().min(0).max(1).meta({ description: 'below it the alert fires' }),
    ...inWindow('1d', 100, 'of a value; with fewer labelled rows the finding is unknown'),
  }),
  z.strictObject({
    kind: z.literal('data'),
    atMost: z.number().min(0).lt(1).default(0.05).meta({
      description:
        'share of the rows in which a feature may be missing, invalid, a new category or out of range beyond what the training rows had of it, or that may come again beyond the window before',
    }),
    ...inWindow('1h', 200, 'with fewer predictions the finding is unknown'),
  }),
  detectorSchema,
  driftSchema,
]);
