import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { boundedPredictor } from '../../../../infra/tensorflow/bounded-predictor.ts';
import { fakePredictor } from '../../../fakes/predictor.ts';
import { keepsThePredictorContract } from '../../../support/predictor-contract.ts';
import { labelOfAnswer } from '../../../support/label-of.ts';

let folder: string;
const artifact = (label: string) => path.join(folder, label);
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-bounded-'));
  for (const label of ['A', 'B']) {
    await mkdir(artifact(label));
    await writeFile(path.join(artifact(label), 'label.txt'), label);
  }
});
afterAll(() => rm(folder, { recursive: true }));

keepsThePredictorContract('a bounded predictor', async () => ({
  predictor: boundedPredictor(fakePredictor().predictor, { keep: 2 }),
  artifacts: [artifact('A'), artifact('B')],
  noArtifact: path.join(folder, 'none'),
  rows: [{ x: 1 }, { x: 2 }],
  labels: ['A', 'B'],
  close: async () => {},
}));

test('the versions that were used last stay, the others go', async () => {
  const { predictor } = fakePredictor();
  const bounded = boundedPredictor(predictor, { keep: 2 });
  await bounded.load('v1', artifact('A'));
  await bounded.load('v2', artifact('B'));
  await bounded.predict('v1', [{}]);
  await bounded.load('v3', artifact('A'));
  expect([...bounded.loaded()].sort()).toEqual(['v1', 'v3']);
});

test('a version that answers is not taken from under it', async () => {
  const { predictor } = fakePredictor({ delayMs: 30 });
  const bounded = boundedPredictor(predictor, { keep: 1 });
  await bounded.load('v1', artifact('A'));
  const answer = bounded.predict('v1', [{}]);
  await bounded.load('v2', artifact('B'));
  expect(labelOfAnswer((await answer)[0])).toBe('A');
  await bounded.load('v3', artifact('A'));
  expect(bounded.loaded()).toEqual(['v3']);
});
