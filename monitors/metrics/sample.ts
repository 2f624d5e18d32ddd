import type { LabelsOf, MetricKey } from './metric-table.ts';

/** One value of one metric of the table. */
export type MetricSample = {
  [K in MetricKey]: Readonly<{ metric: K; labels: LabelsOf<K>; value: number }>;
}[MetricKey];

/** Samples that mean something only together: half the bins of a feature would be a wrong distribution. */
export type SampleGroup = readonly MetricSample[];
