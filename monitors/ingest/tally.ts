import type {
  Catalogue,
  EventKind,
  LabelChange,
  PredictionRow,
  RatedAnswers,
  Total,
  TotalKind,
} from '../../domain/ingest-ports.ts';
import type { Feature, FeatureValue } from '../../domain/input.ts';
import { confidenceMethods, type ConfidenceMethod } from '../../domain/performance-estimator.ts';
import { ratingOf } from '../../domain/rating.ts';
import { binOf, type FeatureReference } from '../../domain/reference-shares.ts';
import { hasScores, scoreBinOf } from '../../domain/score-bins.ts';
import { classification } from '../../domain/task.ts';
import type { DeclaredTask } from '../../domain/task.ts';
import { isRight } from '../../statistics/is-right.ts';
import { sliceOf, sliceOutcomeName } from '../slices.ts';
import { isBeyond, isNewCategory } from '../unlike-reference.ts';
import { offBy, outcomeCell, predictionCell } from './outcome-cells.ts';
import { startBuckets } from './tally-happened.ts';

/** Counts of one batch, to be added to the totals of one Kafka partition. */
export type Tally = ReturnType<typeof startTally>;

export function startTally(partition: string, nowMs: number) {
  const counts = new Map<string, Count>();
  const countOf = (model: string, version: string, kind: TotalKind, a: string, b = ''): Count => {
    // Names cannot hold NUL: it was refused when the message was read.
    const key = `${kind}\0${model}\0${version}\0${a}\0${b}`;
    let count = counts.get(key);
    if (count === undefined) counts.set(key, (count = { model, version, partition, kind, a, b, value: 0 }));
    return count;
  };
  const add = (model: string, version: string, kind: TotalKind, a: string, b = '', n = 1): void => {
    if (n > 0) countOf(model, version, kind, a, b).value += n;
  };
  const buckets = startBuckets(partition, nowMs);
  const inputs = new Map<string, Map<string, InputCount[]>>();
  /** The features of a version with their counts at hand: finding each by its key takes longer than all else here. */
  const inputsOf = (model: string, version: string, catalogue: Catalogue): InputCount[] => {
    const versions = inputs.get(model) ?? new Map<string, InputCount[]>();
    if (versions.size === 0) inputs.set(model, versions);
    let found = versions.get(version);
    if (found === undefined) {
      const declared = catalogue.models[model];
      const reference = declared?.references[version]?.features;
      found = Object.entries(declared?.config.input ?? {}).map(([name, feature]) => ({
        name,
        feature,
        bins: reference?.[name] ?? null,
        isSlice: declared?.config.gate.slices.includes(name) ?? false,
        counts: new Map(),
      }));
      versions.set(version, found);
    }
    return found;
  };
  return {
    event: (kind: EventKind, model: string | null, n = 1) => add(model ?? '', '', 'event', kind, '', n),

    /** A stored prediction: its label, and where each feature fell. */
    prediction(row: PredictionRow, catalogue: Catalogue): void {
      const { model, version, label, input, at, estimate } = row;
      const { task } = catalogue.models[model]!.config;
      add(model, version, 'prediction', predictionCell(task, label));
      if (estimate !== null && task.kind === 'classification') {
        for (const [k, p] of estimate.probabilities.entries())
          add(model, version, 'estimated_outcome', task.labels[k]!, label, Math.round(p * MILLION));
        for (const method of estimate.confident === null ? [] : confidenceMethods)
          add(
            model,
            version,
            'confident',
            method,
            'asked',
            Math.round(estimate.confident![method] * MILLION),
          );
      }
      if (hasScores(task)) add(model, version, 'score', scoreBinOf(row.scores[label]));
      buckets.add({ model, version, atMs: Date.parse(at) }, catalogue, { predictions: 1 });
      for (const { name, feature, bins, isSlice, counts: near } of inputsOf(model, version, catalogue)) {
        const value = input[name];
        if (isSlice) add(model, version, 'slice_prediction', name, sliceOf(feature, bins, value));
        if (value === null || value === undefined) add(model, version, 'feature_missing', name);
        else if (!accepts(feature, value)) add(model, version, 'feature_invalid', name);
        if (bins === null) continue;
        if (isNewCategory(bins, value)) add(model, version, 'feature_new', name);
        if (isBeyond(bins, value)) add(model, version, 'feature_beyond', name);
        const bin = binOf(bins, value);
        let count = near.get(bin);
        if (count === undefined) near.set(bin, (count = countOf(model, version, 'feature_bin', name, bin)));
        count.value += 1;
      }
    },

    /** A stored prediction whose input had come before. */
    repeated: ({ model, version }: PredictionRow) => add(model, version, 'repeated', ''),

    rating({ model, version, value, rows }: RatedAnswers): void {
      const rating = ratingOf(value);
      if (rating !== null) add(model, version, 'rating', rating, '', rows);
    },

    /** A corrected label is a withdrawn outcome and a new one, so that both counters only grow. */
    change(change: LabelChange, catalogue: Catalogue): void {
      const { model, version, predicted, before, after, slices, rows, scoreBin } = change;
      // Of a model that nobody declares any more labels alone are understood.
      const task = catalogue.models[model]?.config.task ?? classification({ labels: [] });
      const sides = [
        ...(before === null ? [] : [sideOf(task, predicted, before, '_withdrawn')]),
        ...(after === null ? [] : [sideOf(task, predicted, after, '')]),
      ];
      for (const { truth, cell, withdrawn } of sides) {
        add(model, version, `outcome${withdrawn}`, ...cell, rows);
        if (task.kind !== 'regression') continue;
        const { absolute, squared } = offBy(task, truth, predicted);
        add(model, version, `off_by${withdrawn}`, 'absolute', '', absolute * rows);
        add(model, version, `off_by${withdrawn}`, 'squared', '', squared * rows);
      }
      const isRightOn = (one: '' | '_withdrawn') =>
        sides.some(({ withdrawn, right }) => withdrawn === one && right);
      const [wasRight, nowRight] = [isRightOn('_withdrawn'), isRightOn('')];
      const [had, has] = [before === null ? 0 : rows, after === null ? 0 : rows];
      if (hasScores(task)) {
        if (has > had) add(model, version, 'score_labelled', scoreBin, '', has - had);
        if (had > has) add(model, version, 'score_labelled_withdrawn', scoreBin, '', had - has);
      }
      buckets.add(change, catalogue, {
        labelled: has - had,
        correct: (nowRight ? rows : 0) - (wasRight ? rows : 0),
      });
      // Against what was expected each row is held once: when its label first becomes known.
      if (before === null && after !== null && change.estimated > 0) {
        const check = (what: 'expected' | 'right' | 'rows', n: number) =>
          add(model, version, 'estimate_checked', what, '', Math.round(n * MILLION));
        check('rows', change.estimated);
        check('expected', change.expectedRight);
        check('right', nowRight ? change.estimated : 0);
        if (catalogue.models[model]?.estimators[version]?.confidence !== undefined) {
          const sure = (method: ConfidenceMethod, n: number) =>
            add(model, version, 'confident', method, 'labelled', Math.round(n * MILLION));
          sure('atc', change.sure);
          sure('difference-of-confidences', change.confidence);
        }
      }
      if (slices === null) return;
      for (const { name, feature, bins, isSlice } of inputsOf(model, version, catalogue)) {
        if (!isSlice) continue;
        const value = sliceOf(feature, bins, slices[name]);
        for (const { cell, right, withdrawn } of sides) {
          add(model, version, `slice_${right ? 'right' : 'wrong'}${withdrawn}`, name, value, rows);
          // Of what is no label there is no F1 that would be made of it.
          if (task.kind !== 'classification') continue;
          const named = sliceOutcomeName({ value, label: cell[0], predicted: cell[1] });
          add(model, version, `slice_outcome${withdrawn}`, name, named, rows);
        }
      }
    },

    totals: (): Total[] => [...counts.values()],
    happened: buckets.counts,
  };
}

/** A truth that came or went, and whether the answer is right by it: that may take long, and is asked once. */
function sideOf(task: DeclaredTask, answer: string, truth: string, withdrawn: '' | '_withdrawn') {
  const right = isRight(task, answer, truth);
  return { truth, withdrawn, right, cell: outcomeCell(task, { truth, answer, right }) };
}

/** Shares of rows are added up as whole millionths: sums do not depend on their order. */
const MILLION = 1_000_000;

type Count = Omit<Total, 'value'> & { value: number };
type InputCount = Readonly<{
  name: string;
  feature: Feature;
  bins: FeatureReference | null;
  isSlice: boolean;
  counts: Map<string, Count>;
}>;

/** Whether a feature accepts a value that is there; numbers written for a category are words. */
export function accepts(feature: Feature, value: NonNullable<FeatureValue>): boolean {
  switch (feature.kind) {
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'category':
      return feature.values.includes(String(value));
    case 'text':
    case 'image':
      return typeof value === 'string';
    default:
      return feature satisfies never;
  }
}
