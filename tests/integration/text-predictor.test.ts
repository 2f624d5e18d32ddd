import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createChildPredictor } from '../../infra/tensorflow/child-predictor.ts';
import { describeVersion } from '../../training/describe-version.ts';
import { keepsThePredictorContract } from '../support/predictor-contract.ts';
import { questionRows, questions, trainQuestions } from '../support/question-model.ts';
import { labelOfAnswer } from '../support/label-of.ts';

let folder: string;
/** Two versions that call the same texts by other labels: an answer under the wrong key would show. */
let plain: string;
let turned: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-text-predictor-'));
  [plain, turned] = [path.join(folder, 'plain'), path.join(folder, 'turned')];
  await trainQuestions(plain);
  await trainQuestions(turned, { turn: 1 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const fresh = questionRows(60, 7);
const rows = fresh.map(({ input }) => input);

keepsThePredictorContract('a child process with versions of texts', () =>
  Promise.resolve({
    predictor: createChildPredictor(),
    artifacts: [plain, turned] as const,
    noArtifact: folder,
    rows,
    labels: questions.task.labels,
    close: async () => {},
  }),
);

test('versions of texts answer side by side, each as it has learnt, and a missing text is answered too', async () => {
  const predictor = createChildPredictor();
  try {
    await predictor.load('plain', plain);
    await predictor.load('turned', turned);
    const right = async (key: string, truth: readonly { label: string }[]) => {
      const outputs = await predictor.predict(key, rows);
      return outputs.filter((output, i) => labelOfAnswer(output) === truth[i]!.label).length / rows.length;
    };
    expect(await right('plain', fresh)).toBeGreaterThan(0.9);
    expect(await right('turned', questionRows(60, 7, 1))).toBeGreaterThan(0.9);
    const [nothing] = await predictor.predict('plain', [{ question: null }]);
    expect(questions.task.labels).toContain(labelOfAnswer(nothing));
  } finally {
    await predictor.close();
  }
});

test('a version of texts says what it is, and what its live texts are compared with', async () => {
  const { kind, model, reference } = await describeVersion(plain);
  expect({ kind, model }).toEqual({ kind: 'text', model: questions });
  const { question } = reference.features;
  expect(question).toMatchObject({ kind: 'text' });
  const sum = (shares: Readonly<Record<string, number>>) => Object.values(shares).reduce((a, b) => a + b, 0);
  expect(sum(question!.shares)).toBeCloseTo(1, 9);
  expect(sum(reference.labels)).toBeCloseTo(1, 9);
});
