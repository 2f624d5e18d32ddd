import { expect, test } from 'vitest';
import { trainingsInStretches } from '../../../../training/search/trials.ts';
import type { TrialScore } from '../../../../training/search/trials.ts';
import type { FitState } from '../../../../training/tabular/fit.ts';
import { pausing, plannedEpochs } from '../../../../training/tabular/pause-tabular.ts';
import { tabularSettings } from '../../../../training/tabular/settings.ts';
import { trainTabular } from '../../../../training/tabular/train-tabular.ts';
import { planRows, plans } from '../../../support/training-files.ts';

const fineTune = tabularSettings({ method: 'full', hidden: [4], minSteps: 20, epochs: 12, patience: 100 });
const part = (count: number, seed: number) => {
  const rows = planRows(count, seed);
  return { rows: rows.map(({ input }) => input), labels: rows.map(({ label }) => label) };
};
const data = { model: plans, fineTune, ...part(200, 1), validation: part(80, 2) };

test('a training in stretches scores, epoch by epoch, what it scores in one go', async () => {
  const whole: TrialScore[] = [];
  await trainTabular({ ...data, onEpoch: ({ validation }) => whole.push(validation!) });
  expect(whole).toHaveLength(plannedEpochs(200, fineTune));

  const states = new Map<number, FitState>();
  const seen: TrialScore[] = [];
  const advance = trainingsInStretches<FitState>(
    async (_, stretch) => {
      await trainTabular({
        ...data,
        checkpoints: pausing(200, fineTune, stretch),
        onEpoch({ validation }) {
          seen.push(validation!);
          stretch.onScore(validation!);
        },
      });
    },
    {
      save: async (trial, state) => void states.set(trial, state),
      load: async (trial) => states.get(trial) ?? null,
    },
  );
  const best = (epochs: number) => whole.slice(0, epochs).reduce((a, b) => (b.loss < a.loss ? b : a));
  expect(await advance(0, 2)).toMatchObject(best(2));
  expect(seen).toHaveLength(2);
  expect(await advance(0, 5)).toMatchObject(best(5));
  expect(seen).toHaveLength(5);
  // Beyond its end it is over, and stays so.
  expect(await advance(0, 99)).toMatchObject(best(12));
  expect(await advance(0, 100)).toMatchObject(best(12));
  expect(seen).toEqual(whole);
});
