import { describe, expect, test } from 'vitest';
import type { EpochScore } from '../../../../domain/run.ts';
import { random } from '../../../../training/random.ts';
import { predictTabular, tabularLogits } from '../../../../training/tabular/predict-tabular.ts';
import { trainTabular } from '../../../../training/tabular/train-tabular.ts';
import { category, number } from '../../../../domain/input.ts';
import { classification } from '../../../../domain/task.ts';
import { tabularSettings } from '../../../../training/tabular/settings.ts';

const model = {
  name: 'plans',
  task: classification({ labels: ['stay', 'leave', 'pause'] }),
  input: { tenure: number(), plan: category(['free', 'team']), calls: number() },
};
const fineTune = tabularSettings({ method: 'full', minSteps: 300, maxSteps: 600, epochs: 20 });

/** A rule that needs numbers, categories and what is missing: pause where `calls` is missing. */
function made(count: number, seed: number) {
  const chance = random(seed);
  const rows = Array.from({ length: count }, () => ({
    tenure: Math.round(chance.uniform() * 60),
    plan: chance.uniform() < 0.5 ? 'free' : 'team',
    calls: chance.uniform() < 0.2 ? null : Math.round(chance.uniform() * 10),
  }));
  const labels = rows.map(({ tenure, plan, calls }) =>
    calls === null ? 'pause' : tenure + (plan === 'team' ? 20 : 0) > 40 ? 'stay' : 'leave',
  );
  return { rows, labels };
}
const share = (given: readonly string[], truth: readonly string[]) =>
  given.filter((label, i) => label === truth[i]).length / truth.length;

describe('a tabular training', () => {
  test('learns numbers, categories and missing values, and generalises', async () => {
    const trained = await trainTabular({ model, fineTune, ...made(1500, 1), validation: made(300, 2) });
    const fresh = made(500, 3);
    const outputs = predictTabular(trained, fresh.rows);
    expect(
      share(
        outputs.map((o) => o.label),
        fresh.labels,
      ),
    ).toBeGreaterThan(0.95);
    for (const { label, scores } of outputs) {
      expect(Object.keys(scores)).toEqual(model.task.labels);
      expect(Object.values(scores).reduce((a, b) => a + b)).toBeCloseTo(1, 9);
      expect(scores[label]).toBe(Math.max(...Object.values(scores)));
    }
    expect(trained.report).toMatchObject({ backend: 'javascript', notes: [] });
    expect(trained.report.bestEpoch).toBeLessThanOrEqual(trained.report.epochs);
  });

  test('with the same seed gives the same bytes, with another seed others', async () => {
    const data = made(300, 1);
    const run = (seed: number) => trainTabular({ model, fineTune, ...data, seed });
    const [a, b, c] = [await run(4), await run(4), await run(5)];
    expect(a.weights).toEqual(b.weights);
    expect(a.weights).not.toEqual(c.weights);
  });

  test('tells after every epoch how it stands, and takes the same steps where nobody listens', async () => {
    const [data, validation] = [made(600, 1), made(200, 2)];
    const curve: EpochScore[] = [];
    const heard = await trainTabular({
      model,
      fineTune,
      ...data,
      validation,
      onEpoch: (score) => curve.push(score),
    });
    const unheard = await trainTabular({ model, fineTune, ...data, validation });
    expect(heard.weights).toEqual(unheard.weights);
    expect(curve.map(({ epoch }) => epoch)).toEqual(
      Array.from({ length: heard.report.epochs }, (_, i) => i + 1),
    );
    expect(curve.at(-1)!.step).toBe(heard.report.steps);
    const best = curve[heard.report.bestEpoch - 1]!;
    expect(best.validation!.loss).toBe(heard.report.validationLoss);
    expect(curve[0]!.trainLoss).toBeGreaterThan(best.trainLoss);
    const outputs = predictTabular(heard, validation.rows).map(({ label }) => label);
    expect(best.validation!.score).toBe(share(outputs, validation.labels));
  });

  test('without validation takes the planned steps and leaves scores as they are', async () => {
    const { report, temperature } = await trainTabular({ model, fineTune, ...made(640, 1) });
    expect(report).toMatchObject({ steps: 300, epochs: 30, bestEpoch: 30, validationLoss: null });
    expect(temperature).toBe(1);
  });

  test('stops early on noise, after its least steps, with the weights of its best epoch', async () => {
    const chance = random(9);
    const noise = (data: ReturnType<typeof made>) => ({
      rows: data.rows,
      labels: data.rows.map(() => model.task.labels[Math.floor(chance.uniform() * 3)]!),
    });
    const long = { ...fineTune, epochs: 500, maxSteps: 4000 };
    const validation = noise(made(200, 2));
    const { report, ...trained } = await trainTabular({
      model,
      fineTune: long,
      ...noise(made(320, 1)),
      validation,
    });
    expect(report.steps).toBeLessThan(1000);
    expect(report.steps).toBeGreaterThanOrEqual(300);
    expect(report.bestEpoch).toBeLessThan(report.epochs);
    const logits = tabularLogits(trained, validation.rows);
    const loss = validation.labels.map((label, row) => {
      const z = [...logits.subarray(row * 3, row * 3 + 3)];
      return Math.log(z.reduce((sum, v) => sum + Math.exp(v), 0)) - z[model.task.labels.indexOf(label)]!;
    });
    expect(loss.reduce((a, b) => a + b) / loss.length).toBeCloseTo(report.validationLoss!, 4);
  });

  test('says where it is, and stops within moments of being cancelled', async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const huge = { ...fineTune, hidden: [256, 256], maxSteps: 1_000_000, minSteps: 1_000_000 };
    const training = trainTabular({
      model,
      fineTune: huge,
      ...made(2000, 1),
      signal: stop.signal,
      onProgress: ({ step, steps, backend }) => {
        expect([steps, backend]).toEqual([1_000_000, 'javascript']);
        seen.push(step);
        if (seen.length === 2) stop.abort(new Error('enough'));
      },
    });
    await expect(training).rejects.toThrow('enough');
    expect(seen[1]).toBeGreaterThan(seen[0]!);
  });

  test('lets the rest of the process run meanwhile', async () => {
    let ticks = 0;
    const clock = setInterval(() => (ticks += 1), 20);
    const { report } = await trainTabular({
      model,
      fineTune: { ...fineTune, hidden: [64], minSteps: 600 },
      ...made(2000, 1),
    });
    clearInterval(clock);
    expect(ticks).toBeGreaterThan((report.seconds * 1000) / 200);
  });

  test('can weigh rare labels as much as frequent ones', async () => {
    // Two labels that no feature tells apart, 9 to 1: unweighted the rare one is given 10 %, balanced half.
    const rows = Array.from({ length: 1000 }, (_, i) => ({ tenure: i % 7, plan: 'free', calls: 1 }));
    const labels = rows.map((_, i) => (i % 10 === 0 ? 'leave' : 'stay'));
    const rare = async (classWeights: 'none' | 'balanced') => {
      const trained = await trainTabular({ model, fineTune: { ...fineTune, classWeights }, rows, labels });
      const scores = predictTabular(trained, rows).map((o) => o.scores['leave']!);
      return scores.reduce((a, b) => a + b) / scores.length;
    };
    expect(await rare('none')).toBeCloseTo(0.1, 1);
    expect(await rare('balanced')).toBeCloseTo(0.5, 1);
  });

  test('says which labels and features its rows do not show', async () => {
    const rows = Array.from({ length: 20 }, (_, i) => ({ tenure: i, plan: 'free', calls: 4 }));
    const { report } = await trainTabular({ model, fineTune, rows, labels: rows.map(() => 'stay') });
    expect(report.notes).toEqual([
      '"calls" is constant in the training rows, so it says nothing to this version.',
      'No training row carries the label "leave", so this version never answers it.',
      'No training row carries the label "pause", so this version never answers it.',
    ]);
  });

  test('refuses no rows and undeclared labels, with what to do', async () => {
    await expect(trainTabular({ model, fineTune, rows: [], labels: [] })).rejects.toMatchObject({
      code: 'DL_NO_TRAINING_ROWS',
    });
    const rows = [{ tenure: 1, plan: 'free', calls: 0 }];
    await expect(trainTabular({ model, fineTune, rows, labels: ['gone'] })).rejects.toMatchObject({
      code: 'DL_UNKNOWN_LABEL',
      message: expect.stringContaining('"gone"') as string,
    });
  });
});
