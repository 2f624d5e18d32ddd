import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { learntBefore } from '../../../activities/learnt-rows.ts';
import { learntNothing, learntUnknown } from '../../../domain/golden.ts';
import { baseSchema } from '../../../domain/model-config.ts';
import type { TrainingJob } from '../../../domain/ports.ts';
import { writeLearnt } from '../../../training/learnt-file.ts';

const ofV1 = { rows: ['0123456789abcdef'], isWhole: true };
const ofBase = { rows: ['fedcba9876543210'], isWhole: true };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-learnt-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Of a model `m` whose champion is v1; `base` as its config has it. */
const before = (training: object, base: unknown = { kind: 'scratch' }) =>
  learntBefore(
    { versions: { learnt: async (model, version) => (`${model} ${version}` === 'm v1' ? ofV1 : ofBase) } },
    {
      config: { name: 'm', base: baseSchema.parse(base) },
      training: training as TrainingJob['training'],
      champion: 'v1',
    },
  );

test('what goes on from the champion has learnt what that had', async () => {
  const champion = { kind: 'champion' };
  expect(await before({ kind: 'recalibration', champion: folder })).toEqual(ofV1);
  expect(await before({ kind: 'table', warmStart: folder }, champion)).toEqual(ofV1);
  expect(await before({ kind: 'text', base: folder }, champion)).toEqual(ofV1);
  expect(await before({ kind: 'program', champion: folder }, champion)).toEqual(ofV1);
});

test('what begins from a base has learnt what stands beside that; where nothing stands, nobody knows', async () => {
  expect(await before({ kind: 'image', base: folder }, './base')).toEqual(learntUnknown);
  expect(await before({ kind: 'program', champion: null }, './base')).toEqual(learntUnknown);
  await writeLearnt(folder, ofBase);
  expect(await before({ kind: 'image', base: folder }, './base')).toEqual(ofBase);
});

test('what begins from scratch, because it shall or because the champion does not fit, had learnt nothing', async () => {
  for (const training of [
    { kind: 'table', warmStart: null },
    { kind: 'text', base: null },
    { kind: 'program', champion: null },
  ])
    expect(await before(training, { kind: 'champion' })).toEqual(learntNothing);
});
