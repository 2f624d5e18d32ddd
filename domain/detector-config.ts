import { z } from 'zod';
import { duration } from './duration.ts';

/** The detectors of streams that a model's errors can be watched by; what each does is in docs/reference/detectors.md. */
export const streamMethods = [
  'adwin',
  'ddm',
  'eddm',
  'hddm-a',
  'hddm-w',
  'fhddm',
  'page-hinkley',
  'kswin',
  'stepd',
  'cusum',
  'confidence-sequence',
] as const;
export type StreamMethodName = (typeof streamMethods)[number];

/** The tests of two samples that `driftloop drift check` runs; what each does is in docs/reference/detectors.md. */
export const sampleMethods = [
  'psi',
  'jensen-shannon',
  'kl',
  'hellinger',
  'total-variation',
  'l-infinity',
  'ks',
  'wasserstein',
  'energy-distance',
  'cramervonmises',
  'anderson-ksamp',
  'mannwhitneyu',
  'welch',
  'chi2',
  'cramers-v',
  'mmd',
  'domain-classifier',
  'softmax-shift',
] as const;

export const detectorSchema = z.strictObject({
  kind: z.literal('detector'),
  method: z
    .enum(streamMethods)
    .meta({ description: 'of streams; it sees every labelled row of the champion' }),
  params: z
    .record(z.string(), z.union([z.number(), z.string(), z.boolean()]))
    .default({})
    .meta({ description: 'its knobs; what is left out is as its authors set it' }),
  window: duration.default('1d').meta({ description: 'how long a drift that it has found is an alert' }),
});
export type DetectorWatch = z.output<typeof detectorSchema>;
