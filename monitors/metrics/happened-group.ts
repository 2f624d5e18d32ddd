import type { HappenedSum } from '../../domain/ingest-ports.ts';
import { stretchLabels, type Stretch } from '../as-happened.ts';
import type { MetricSample, SampleGroup } from './sample.ts';

/** What is known by now of the predictions that a version made in a stretch of event time; 0 where it made none. */
export function happenedGroup(
  ids: Readonly<{ namespace: string; model: string; version: string }>,
  stretch: Stretch,
  sums: readonly HappenedSum[],
): SampleGroup {
  const labels = { ...ids, ...stretchLabels(stretch) };
  const { predictions, labelled, correct } = sums.find(({ version }) => version === ids.version) ?? {
    predictions: 0,
    labelled: 0,
    correct: 0,
  };
  return [
    { metric: 'happenedPredictions', labels, value: predictions },
    { metric: 'happenedLabelled', labels, value: labelled },
    { metric: 'happenedCorrect', labels, value: correct },
  ] satisfies MetricSample[];
}
