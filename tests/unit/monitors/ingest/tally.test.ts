import { expect, test } from 'vitest';
import { parseConfig } from '../../../../domain/config.ts';
import type { Catalogue, IngestModel, PredictionRow } from '../../../../domain/ingest-ports.ts';
import { confidentOf } from '../../../../monitors/confidence.ts';
import { startTally } from '../../../../monitors/ingest/tally.ts';

const config = parseConfig({
  models: [
    {
      name: 'm',
      task: { kind: 'classification', labels: ['A', 'B'] },
      input: { x: { kind: 'number' }, y: { kind: 'category', values: ['p', 'q'] } },
    },
  ],
}).models[0]!;
const catalogue: Catalogue = {
  models: {
    m: {
      config,
      salt: 's',
      estimators: {},
      references: {
        v1: {
          labels: { A: 1 },
          features: {
            x: { kind: 'number', edges: [0, 10], range: { low: -5, high: 12 }, shares: {} },
            y: { kind: 'category', values: ['p', 'q'], shares: { p: 1, q: 0 } },
          },
        },
      },
    },
  },
  retentionMs: 0,
  seriesPerModel: 2_000,
  joinHorizonMs: 0,
};
const withVersion = (over: Partial<Pick<IngestModel, 'references' | 'estimators'>>): Catalogue => ({
  ...catalogue,
  models: { m: { ...catalogue.models['m']!, ...over } },
});
const nowMs = Date.parse('2026-01-01T00:30:00.000Z');
const unestimated = { estimated: 0, expectedRight: 0, confidence: 0, sure: 0, scoreBin: '0.9' };
const row = (input: PredictionRow['input'], version = 'v1'): PredictionRow => ({
  predictionId: 'id',
  model: 'm',
  version,
  input,
  label: 'A',
  scores: {},
  estimate: null,
  context: null,
  entity: null,
  partition: 'train',
  at: '2026-01-01T00:00:00.000Z',
  offset: 0n,
});
const counted = (tally: ReturnType<typeof startTally>) =>
  Object.fromEntries(tally.totals().map((t) => [`${t.version} ${t.kind} ${t.a} ${t.b}`.trim(), t.value]));

test('every prediction falls into one bin of every feature; what is missing or not accepted is counted too', () => {
  const tally = startTally('predictions-0', nowMs);
  tally.prediction(row({ x: 5, y: 'p' }), catalogue);
  tally.prediction(row({ x: null, y: 'p' }), catalogue);
  tally.prediction(row({ x: 'five', y: 'z' }), catalogue);
  tally.prediction(row({ x: 11 }), catalogue);
  expect(counted(tally)).toEqual({
    'v1 prediction A': 4,
    'v1 score unknown': 4,
    'v1 feature_bin x 1': 1,
    'v1 feature_bin x 2': 1,
    'v1 feature_bin x missing': 1,
    'v1 feature_bin x unknown': 1,
    'v1 feature_bin y p': 2,
    'v1 feature_bin y unknown': 1,
    'v1 feature_bin y missing': 1,
    'v1 feature_missing x': 1,
    'v1 feature_missing y': 1,
    'v1 feature_invalid x': 1,
    'v1 feature_invalid y': 1,
    'v1 feature_new y': 1,
  });
});

test('a version without reference shares is counted without bins', () => {
  const tally = startTally('predictions-0', nowMs);
  tally.prediction(row({ x: null, y: 'p' }, 'v2'), catalogue);
  expect(counted(tally)).toEqual({ 'v2 prediction A': 1, 'v2 score unknown': 1, 'v2 feature_missing x': 1 });
});

test('a corrected label is one outcome withdrawn and one more, so that counters only grow', () => {
  const tally = startTally('feedback-1', nowMs);
  const change = {
    model: 'm',
    version: 'v1',
    predicted: 'A',
    slices: null,
    atMs: nowMs,
    rows: 2,
    ...unestimated,
  };
  tally.change({ ...change, before: null, after: 'A' }, catalogue);
  tally.change({ ...change, before: 'A', after: 'B' }, catalogue);
  tally.change({ ...change, before: 'B', after: null }, catalogue);
  expect(counted(tally)).toEqual({
    'v1 outcome A A': 2,
    'v1 outcome_withdrawn A A': 2,
    'v1 outcome B A': 2,
    'v1 outcome_withdrawn B A': 2,
    // A corrected label stays one.
    'v1 score_labelled 0.9': 2,
    'v1 score_labelled_withdrawn 0.9': 2,
  });
  expect(new Set(tally.totals().map((t) => t.partition))).toEqual(new Set(['feedback-1']));
});

test('a declared slice counts its predictions and outcomes by its words, a number by its bins', () => {
  const sliced: Catalogue = {
    ...catalogue,
    models: {
      m: { ...catalogue.models['m']!, config: { ...config, gate: { ...config.gate, slices: ['x', 'y'] } } },
    },
  };
  const tally = startTally('feedback-1', nowMs);
  const change = {
    model: 'm',
    version: 'v1',
    predicted: 'A',
    slices: { x: 5, y: 'p' },
    atMs: nowMs,
    rows: 3,
    ...unestimated,
  };
  tally.change({ ...change, before: null, after: 'A' }, sliced);
  tally.change({ ...change, before: 'A', after: 'B', rows: 1 }, sliced);
  tally.change({ ...change, slices: { x: null, y: 'z' }, before: null, after: 'B', rows: 1 }, sliced);
  tally.prediction(row({ x: 11, y: 'q' }), sliced);
  const ofSlices = Object.entries(counted(tally)).filter(([key]) => key.includes('slice_'));
  expect(Object.fromEntries(ofSlices)).toEqual({
    'v1 slice_right x 1': 3,
    'v1 slice_right y p': 3,
    'v1 slice_right_withdrawn x 1': 1,
    'v1 slice_right_withdrawn y p': 1,
    'v1 slice_wrong x 1': 1,
    'v1 slice_wrong y p': 1,
    'v1 slice_wrong x missing': 1,
    'v1 slice_wrong y unknown': 1,
    'v1 slice_prediction x 2': 1,
    'v1 slice_prediction y q': 1,
    'v1 slice_outcome x ["1","A","A"]': 3,
    'v1 slice_outcome y ["p","A","A"]': 3,
    'v1 slice_outcome_withdrawn x ["1","A","A"]': 1,
    'v1 slice_outcome_withdrawn y ["p","A","A"]': 1,
    'v1 slice_outcome x ["1","B","A"]': 1,
    'v1 slice_outcome y ["p","B","A"]': 1,
    'v1 slice_outcome x ["missing","B","A"]': 1,
    'v1 slice_outcome y ["unknown","B","A"]': 1,
  });
});

test('a label is counted where its prediction was made, however late it comes', () => {
  const tally = startTally('feedback-1', nowMs);
  const made = Date.parse('2025-12-31T22:10:00.000Z');
  const change = { model: 'm', version: 'v1', predicted: 'A', slices: null, atMs: made, ...unestimated };
  tally.prediction(row({ x: 1 }), catalogue);
  tally.change({ ...change, before: null, after: 'A', rows: 5 }, catalogue);
  tally.change({ ...change, before: null, after: 'B', rows: 2 }, catalogue);
  tally.change({ ...change, before: 'A', after: 'B', rows: 1 }, catalogue);
  tally.change({ ...change, before: 'A', after: null, rows: 1 }, catalogue);
  // Nothing is watched: buckets are an hour wide, and what is 10,000 hours old is forgotten.
  tally.change({ ...change, atMs: nowMs - 10_002 * 3_600_000, before: null, after: 'A', rows: 9 }, catalogue);
  const happened = tally
    .happened()
    .map(({ startsAtMs, predictions, labelled, correct }) => [
      new Date(startsAtMs).toISOString().slice(0, 16),
      predictions,
      labelled,
      correct,
    ]);
  expect(happened).toEqual([
    ['2026-01-01T00:00', 1, 0, 0],
    ['2025-12-31T22:00', 0, 6, 3],
  ]);
});

test('what is expected of answers is counted in millionths, and held against the first label that comes', () => {
  const tally = startTally('predictions-0', nowMs);
  const answered = (p: number) => ({
    ...row({ x: 1 }),
    estimate: { probabilities: [p, 1 - p], right: p, confident: null },
  });
  tally.prediction(answered(0.9), catalogue);
  tally.prediction(answered(0.75), catalogue);
  const change = { model: 'm', version: 'v1', predicted: 'A', slices: null, atMs: nowMs, ...unestimated };
  tally.change(
    { ...change, before: null, after: 'A', rows: 3, estimated: 2, expectedRight: 1.65 },
    catalogue,
  );
  tally.change({ ...change, before: null, after: 'B', rows: 1, estimated: 1, expectedRight: 0.6 }, catalogue);
  tally.change({ ...change, before: 'B', after: 'A', rows: 1, estimated: 1, expectedRight: 0.6 }, catalogue);
  const estimates = Object.entries(counted(tally)).filter(([key]) => key.includes('estimate'));
  expect(Object.fromEntries(estimates)).toEqual({
    'v1 estimated_outcome A A': 1_650_000,
    'v1 estimated_outcome B A': 350_000,
    'v1 estimate_checked rows': 3_000_000,
    'v1 estimate_checked expected': 2_250_000,
    'v1 estimate_checked right': 2_000_000,
  });
});

test('scores fall into ten equal bins, in the code and in the database alike; what is no share is unknown', () => {
  const tally = startTally('predictions-0', nowMs);
  for (const score of [0, 0.1, 0.3, 0.7, 0.999, 1, 1.5, Number.NaN])
    tally.prediction({ ...row({ x: 1, y: 'p' }), scores: { A: score } }, catalogue);
  const bins = Object.entries(counted(tally)).filter(([key]) => key.startsWith('v1 score '));
  expect(Object.fromEntries(bins)).toEqual({
    'v1 score 0.0': 1,
    'v1 score 0.1': 1,
    'v1 score 0.3': 1,
    'v1 score 0.7': 1,
    'v1 score 0.9': 2,
    'v1 score unknown': 2,
  });
});

test('numbers beyond the training rows and words that none of them had are counted, declared or not', () => {
  const tally = startTally('predictions-0', nowMs);
  for (const input of [
    { x: -5, y: 'p' },
    { x: 13, y: 'q' },
    { x: -6, y: 'other' },
  ])
    tally.prediction(row(input), catalogue);
  expect(counted(tally)).toMatchObject({ 'v1 feature_beyond x': 2, 'v1 feature_new y': 2 });
  // A version from before ranges were kept says nothing of them.
  const old = withVersion({
    references: { v1: { labels: {}, features: { x: { kind: 'number', edges: [0], shares: {} } } } },
  });
  const silent = startTally('predictions-0', nowMs);
  silent.prediction(row({ x: 1e9, y: 'other' }), old);
  expect(Object.keys(counted(silent)).filter((key) => /feature_(new|beyond)/.test(key))).toEqual([]);
});

test('how sure answers are is counted by method, and of those whose label comes once more', () => {
  const confidence = {
    sureFrom: 0.8,
    methods: {
      atc: { offset: 0, spread: 0.2 },
      'difference-of-confidences': { offset: -0.1, spread: 0.2 },
    },
  };
  const spreads = { accuracy: 0.2, macroPrecision: null, macroRecall: null, macroF1: null };
  const sure = withVersion({ estimators: { v1: { rows: 500, curves: [], spreads, confidence } } });
  const tally = startTally('predictions-0', nowMs);
  for (const score of [0.9, 0.75]) {
    const estimate = {
      probabilities: [score, 1 - score],
      right: score,
      confident: confidentOf(confidence, score),
    };
    tally.prediction({ ...row({ x: 1 }), estimate }, sure);
  }
  const labelled = { model: 'm', version: 'v1', predicted: 'A', slices: null, atMs: nowMs, scoreBin: '0.9' };
  tally.change(
    {
      ...labelled,
      before: null,
      after: 'A',
      rows: 1,
      estimated: 1,
      expectedRight: 0.9,
      confidence: 0.9,
      sure: 1,
    },
    sure,
  );
  const confident = Object.entries(counted(tally)).filter(([key]) => key.includes('confident'));
  expect(Object.fromEntries(confident)).toEqual({
    'v1 confident atc asked': 1_000_000,
    'v1 confident difference-of-confidences asked': 1_650_000,
    'v1 confident atc labelled': 1_000_000,
    'v1 confident difference-of-confidences labelled': 900_000,
  });
});
