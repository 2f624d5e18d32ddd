import { expect, test } from 'vitest';
import { asHappened, parseConfig, quality } from '../../../domain/config.ts';
import type { Watch } from '../../../domain/model-config.ts';
import { bucketAt, bucketsOf, stretchesOf, stretchLabels } from '../../../monitors/as-happened.ts';

const watching = (...watch: object[]): { watch: Watch[] } => ({
  watch: parseConfig({
    models: [
      {
        name: 'm',
        task: { kind: 'classification', labels: ['A', 'B'] },
        input: { x: { kind: 'number' } },
        watch,
      },
    ],
  }).models[0]!.watch,
});
const hour = 3_600_000;
const accuracy = (window: string) => quality({ metric: 'accuracy', atLeast: 0.8, window });

test.each([
  ['nothing is watched', watching(), hour, 10_000 * hour],
  ['a window of ten seconds', watching(accuracy('10s')), 1_000, 10_000_000],
  ['the shortest window counts', watching(accuracy('30d'), accuracy('6h')), 600_000, 6_000_000_000],
  [
    'the longest one that is watched as happened is kept',
    watching(accuracy('1m'), asHappened({ atLeast: 0.8, coverage: 0.5, window: '7d', lag: '1d' })),
    1_000,
    8 * 24 * hour + 1_000,
  ],
])('buckets: %s', (_, model, widthMs, keepMs) => {
  expect(bucketsOf(model)).toEqual({ widthMs, keepMs });
});

test('a prediction falls into the bucket that it was made in; too old ones and those from the future into none', () => {
  const width = { widthMs: hour, keepMs: 10 * hour };
  const now = 100.5 * hour;
  expect([100.9, 97, 90.6, 90.4, 124, 125].map((at) => bucketAt(at * hour, now, width))).toEqual([
    100 * hour,
    97 * hour,
    null,
    null,
    124 * hour,
    null,
  ]);
  expect(bucketAt(91 * hour, now, width)).toBe(91 * hour);
});

test('every watched stretch is exported once, and the one that charts show', () => {
  const late = asHappened({ atLeast: 0.8, coverage: 0.5, window: '7d', lag: '1d' });
  const all = stretchesOf(watching(accuracy('1d'), late, { ...late, atLeast: 0.7 })).map(stretchLabels);
  expect(all).toEqual([
    { window: '7d', lag: '1d' },
    { window: '1d', lag: '0s' },
  ]);
});
