import { z } from 'zod';
import { duration } from './duration.ts';
import type { DeclaredTask } from './task.ts';

const share = z.number().gt(0).lt(1);

/** How far off answers are that are no labels to tell apart. Of both errors less is better. */
const gateMeasures = ['mae', 'rmse', 'r2', 'microF1', 'chrf'] as const;
export type GateMeasure = (typeof gateMeasures)[number];
/** Metrics that a gate may bound. Of log loss, Brier score and calibration error less is better. */
export const gateMetrics = [
  'accuracy',
  'macroPrecision',
  'macroRecall',
  'macroF1',
  'logLoss',
  'brier',
  'ece',
  ...gateMeasures,
] as const;
export type GateMetric = (typeof gateMetrics)[number];

export const isGateMeasure = (metric: GateMetric): metric is GateMeasure =>
  (gateMeasures as readonly string[]).includes(metric);

/** What each task can be bounded by. Accuracy is the share of right answers, whatever the task. */
export const gateMetricsOf: Readonly<Record<DeclaredTask['kind'], readonly GateMetric[]>> = {
  classification: gateMetrics.filter((metric) => !isGateMeasure(metric)),
  'multi-label': ['accuracy', 'microF1'],
  regression: ['accuracy', 'mae', 'rmse', 'r2'],
  generation: ['accuracy', 'chrf'],
};

/** The names of TensorFlow Model Analysis, so that a gate reads as theirs do. */
export const thresholdSchema = z
  .strictObject({
    metric: z.enum(gateMetrics),
    lowerBound: z.number().optional().meta({ description: 'of the challenger: no less than this' }),
    upperBound: z.number().optional().meta({ description: 'of the challenger: no more than this' }),
    change: z
      .strictObject({
        absolute: z
          .number()
          .optional()
          .meta({ description: 'challenger minus champion, at least (at most where less is better)' }),
        relative: z
          .number()
          .optional()
          .meta({ description: 'the same, as a share of what the champion has' }),
        direction: z.enum(['higher', 'lower']).optional().meta({
          description: 'which way is better; left out, as the metric is usually read',
        }),
      })
      .optional(),
  })
  .meta({ description: 'a bound that blocks' });
export type Threshold = z.output<typeof thresholdSchema>;

export const gateSchema = z.strictObject({
  alpha: z
    .number()
    .gt(0)
    .lt(0.5)
    .default(0.05)
    .meta({ description: 'how often a gate may promote a challenger that is no better' }),
  effect: share.default(0.03).meta({
    description:
      'difference of accuracy that is worth finding: with alpha it says how many challengers a set of held-out rows may judge',
  }),
  notWorseBy: share.optional().meta({
    description:
      'of accuracy: it is enough to be proven no more than this worse; left out, it must be proven better',
  }),
  accuracyAtLeast: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .meta({ description: 'a bound that blocks, whatever the champion scores' }),
  thresholds: z.array(thresholdSchema).default([]).meta({ description: 'bounds of any metric that block' }),
  holdAtMost: duration.default('7d').meta({ description: 'how long the gate may wait for labels' }),
  minRows: z
    .int()
    .positive()
    .default(100)
    .meta({ description: 'with fewer test rows thresholds, flips and gaps are not decided' }),
  slices: z
    .array(z.string())
    .default([])
    .meta({ description: 'features whose values are judged one by one: proven harm in one blocks' }),
  sliceMargin: share
    .default(0.05)
    .meta({ description: 'a slice is shown to be safe where it is proven no more than this worse' }),
  minSliceRows: z
    .int()
    .positive()
    .default(100)
    .meta({ description: 'a slice with fewer test rows is reported and decides nothing' }),
  flipsAtMost: share
    .optional()
    .meta({ description: 'share of rows that the champion got right and the challenger gets wrong' }),
  fairness: z
    .array(
      z.strictObject({
        feature: z.string().meta({ description: 'its values are the groups' }),
        gapAtMost: share.meta({ description: 'between the accuracies of the best and the worst group' }),
      }),
    )
    .default([]),
  withoutSources: z
    .array(z.string())
    .optional()
    .meta({ description: 'sources of feedback whose labels test nobody' }),
  trustedSources: z.array(z.string()).optional().meta({
    description: 'sources of feedback that may say otherwise than the others without holding the gate',
  }),
  artifact: z
    .strictObject({
      megabytesAtMost: z.number().positive().optional(),
      p99MsAtMost: z
        .number()
        .positive()
        .optional()
        .meta({ description: 'of one request, on the machine of the gate' }),
      memoryMbAtMost: z
        .number()
        .positive()
        .optional()
        .meta({ description: 'of a process that answers with it, its libraries included' }),
    })
    .prefault({}),
});
export type GateConfig = z.output<typeof gateSchema>;
