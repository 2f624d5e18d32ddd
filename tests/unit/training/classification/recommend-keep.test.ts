import { expect, test } from 'vitest';
import { KEEP_NOTHING } from '../../../../training/classification/keep-settings.ts';
import { recommendKeep } from '../../../../training/classification/recommend-keep.ts';

test('old rows are rehearsed, and the way back is tried where rows measure it', () => {
  const { keep, said } = recommendKeep({ rows: 400, golden: 40, goesOn: false }, {});
  expect(keep).toEqual({ ...KEEP_NOTHING, rehearsal: 0.5, interpolate: true });
  expect(said).toMatchObject([
    { name: 'protection', because: expect.stringContaining('400 old rows') as string },
  ]);
  expect(recommendKeep({ rows: 400, golden: 0, goesOn: true }, {}).keep.interpolate).toBe(false);
});

test('without old rows, a base that knows the labels stands for them itself', () => {
  const { keep } = recommendKeep({ rows: 0, golden: 0, goesOn: true }, {});
  expect(keep.distillation).toBeGreaterThan(0);
  expect(keep.pull).toBeGreaterThan(0);
  expect(keep.rehearsal).toBe(0);
});

test('where nothing is old, nothing is kept, and from scratch nothing is said', () => {
  expect(recommendKeep({ rows: 0, golden: 0, goesOn: false }, {}).keep).toEqual(KEEP_NOTHING);
  expect(recommendKeep(null, {})).toEqual({ keep: KEEP_NOTHING, said: [] });
});

test('what is wished goes first, and what it leaves open is recommended', () => {
  const old = { rows: 400, golden: 40, goesOn: false };
  const { keep, said } = recommendKeep(old, { keep: { ewc: 10, interpolate: false } });
  expect(keep).toEqual({ ...KEEP_NOTHING, rehearsal: 0.5, ewc: 10 });
  expect(said).toMatchObject([{ because: 'it was asked for' }]);
  expect(recommendKeep(old, { keep: KEEP_NOTHING }).said).toMatchObject([{ value: 'none' }]);
});
