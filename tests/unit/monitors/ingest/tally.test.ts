import { expect, test } from 'vitest';
import { parseConfig } from '../../../../domain/config.ts';
import type { Catalogue, PredictionRow } from '../../../../domain/ingest-ports.ts';
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
      references: {
        v1: {
          labels: { A: 1 },
          features: {
            x: { kind: 'number', edges: [0, 10], shares: {} },
            y: { kind: 'category', values: ['p', 'q'], shares: {} },
          },
        },
      },
    },
  },
  retentionMs: 0,
  seriesPerModel: 2_000,
  joinHorizonMs: 0,
};
const row = (input: PredictionRow['input'], version = 'v1'): PredictionRow => ({
  predictionId: 'id',
  model: 'm',
  version,
  input,
  label: 'A',
  scores: {},
  context: null,
  entity: null,
  partition: 'train',
  at: '2026-01-01T00:00:00.000Z',
  offset: 0n,
});
const counted = (tally: ReturnType<typeof startTally>) =>
  Object.fromEntries(tally.totals().map((t) => [`${t.version} ${t.kind} ${t.a} ${t.b}`.trim(), t.value]));

test('every prediction falls into one bin of every feature; what is missing or not accepted is counted too', () => {
  const tally = startTally('predictions-0');
  tally.prediction(row({ x: 5, y: 'p' }), catalogue);
  tally.prediction(row({ x: null, y: 'p' }), catalogue);
  tally.prediction(row({ x: 'five', y: 'z' }), catalogue);
  tally.prediction(row({ x: 11 }), catalogue);
  expect(counted(tally)).toEqual({
    'v1 prediction A': 4,
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
  });
});

test('a version without reference shares is counted without bins', () => {
  const tally = startTally('predictions-0');
  tally.prediction(row({ x: null, y: 'p' }, 'v2'), catalogue);
  expect(counted(tally)).toEqual({ 'v2 prediction A': 1, 'v2 feature_missing x': 1 });
});

test('a corrected label is one outcome withdrawn and one more, so that counters only grow', () => {
  const tally = startTally('feedback-1');
  const change = { model: 'm', version: 'v1', predicted: 'A', rows: 2 };
  tally.change({ ...change, before: null, after: 'A' });
  tally.change({ ...change, before: 'A', after: 'B' });
  tally.change({ ...change, before: 'B', after: null });
  expect(counted(tally)).toEqual({
    'v1 outcome A A': 2,
    'v1 outcome_withdrawn A A': 2,
    'v1 outcome B A': 2,
    'v1 outcome_withdrawn B A': 2,
  });
  expect(new Set(tally.totals().map((t) => t.partition))).toEqual(new Set(['feedback-1']));
});
