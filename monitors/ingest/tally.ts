import type {
  Catalogue,
  EventKind,
  LabelChange,
  PredictionRow,
  Total,
  TotalKind,
} from '../../domain/ingest-ports.ts';
import type { Feature, FeatureValue } from '../../domain/input.ts';
import { binOf } from '../../domain/reference-shares.ts';

/** Counts of one batch, to be added to the totals of one Kafka partition. */
export type Tally = ReturnType<typeof startTally>;

export function startTally(partition: string) {
  const counts = new Map<string, Omit<Total, 'value'> & { value: number }>();
  const add = (model: string, version: string, kind: TotalKind, a: string, b = '', n = 1): void => {
    if (n === 0) return;
    // Names cannot hold NUL: it was refused when the message was read.
    const key = `${kind}\0${model}\0${version}\0${a}\0${b}`;
    const count = counts.get(key);
    if (count === undefined) counts.set(key, { model, version, partition, kind, a, b, value: n });
    else count.value += n;
  };
  return {
    event: (kind: EventKind, model: string | null, n = 1) => add(model ?? '', '', 'event', kind, '', n),

    /** A stored prediction: its label, and where each feature fell. */
    prediction({ model, version, label, input }: PredictionRow, catalogue: Catalogue): void {
      add(model, version, 'prediction', label);
      const declared = catalogue.models[model];
      const reference = declared?.references[version]?.features;
      for (const [name, feature] of Object.entries(declared?.config.input ?? {})) {
        const value = input[name];
        if (value === null || value === undefined) add(model, version, 'feature_missing', name);
        else if (!accepts(feature, value)) add(model, version, 'feature_invalid', name);
        const bins = reference?.[name];
        if (bins !== undefined) add(model, version, 'feature_bin', name, binOf(bins, value));
      }
    },

    /** A corrected label is a withdrawn outcome and a new one, so that both counters only grow. */
    change({ model, version, predicted, before, after, rows }: LabelChange): void {
      if (before !== null) add(model, version, 'outcome_withdrawn', before, predicted, rows);
      if (after !== null) add(model, version, 'outcome', after, predicted, rows);
    },

    totals: (): Total[] => [...counts.values()],
  };
}

/** Whether a feature accepts a value that is there; numbers written for a category are words. */
export const accepts = (feature: Feature, value: NonNullable<FeatureValue>): boolean =>
  feature.kind === 'number'
    ? typeof value === 'number' && Number.isFinite(value)
    : feature.values.includes(String(value));
