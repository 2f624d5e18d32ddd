import { describe, expect, test } from 'vitest';
import { random } from '../../../../training/random.ts';
import { readCheckpoint, writeCheckpoint } from '../../../../training/checkpoints/checkpoint.ts';
import { NotACheckpoint } from '../../../../training/checkpoints/not-a-checkpoint.ts';
import { fitStateCodec } from '../../../../training/tabular/fit-state-codec.ts';
import { checkpointPace } from '../../../../training/checkpoints/checkpoint-pace.ts';
import type { FitState } from '../../../../training/tabular/fit.ts';
import { trainTabular } from '../../../../training/tabular/train-tabular.ts';
import { furthest, trainInterrupted } from '../../../support/interrupted-training.ts';
import { planRows, plans } from '../../../support/training-files.ts';
import { tabularSettings } from '../../../../training/tabular/settings.ts';

const fineTune = tabularSettings({
  method: 'full',
  hidden: [8],
  minSteps: 200,
  maxSteps: 400,
  patience: 3,
});
const data = (count: number, seed: number) => {
  // One row in ten says the opposite of the rule, so that early stopping has something to stop.
  const rows = planRows(count, seed);
  const labels = rows.map(({ label }, i) => (i % 10 === 0 ? (label === 'stay' ? 'leave' : 'stay') : label));
  return { rows: rows.map(({ input }) => input), labels };
};
const training = { model: plans, fineTune, ...data(300, 1), validation: data(80, 2) };

describe('an interrupted training', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'ends where an uninterrupted one does, wherever it is interrupted (seed %i)',
    async (seed) => {
      const chance = random(seed);
      const within = (least: number, most: number) => least + Math.floor(chance.uniform() * (most - least));
      const whole = await trainTabular({ ...training, seed });
      const last = whole.report.steps - 1;
      let from = 1;
      const interruptions = Array.from({ length: 4 }, () => {
        const keptAt = within(from, last - 1);
        const diedAt = within(keptAt + 1, last);
        from = keptAt;
        return { keptAt, diedAt };
      });
      const { trained, resumedAt } = await trainInterrupted({ ...training, seed }, interruptions);
      expect(resumedAt).toEqual([null, ...interruptions.map(({ keptAt }) => keptAt)]);
      // In typed arrays of float64 nothing is lost on the way: the same bytes.
      expect(furthest(trained.weights, whole.weights)).toBe(0);
      const { seconds: _, resumedAtStep, ...report } = trained.report;
      const { seconds: __, resumedAtStep: none, ...expected } = whole.report;
      expect(report).toEqual(expected);
      expect(trained.temperature).toBe(whole.temperature);
      expect([resumedAtStep, none]).toEqual([interruptions.at(-1)!.keptAt, null]);
    },
  );

  test('without validation rows, and with rare labels weighed, too', async () => {
    const { validation: _, ...bare } = training;
    const plain = { ...bare, fineTune: { ...fineTune, classWeights: 'balanced' as const } };
    const whole = await trainTabular(plain);
    const { trained } = await trainInterrupted(plain, [{ keptAt: 57, diedAt: 91 }]);
    expect(furthest(trained.weights, whole.weights)).toBe(0);
  });

  test('says so from its first word on', async () => {
    const said: (number | null)[] = [];
    const onProgress = ({ step, resumedAtStep }: { step: number; resumedAtStep: number | null }) =>
      said.push(step, resumedAtStep);
    await trainInterrupted({ ...training, onProgress }, [{ keptAt: 120, diedAt: 121 }]);
    expect(said.slice(0, 2)).toEqual([0, null]);
    const again = said.indexOf(120);
    expect(said.slice(again, again + 2)).toEqual([120, 120]);
  });
});

async function someState(): Promise<FitState> {
  let kept: FitState | null = null;
  await trainTabular({
    ...training,
    checkpoints: {
      resumed: null,
      isDue: (step) => step === 100,
      keep: async (state) => void (kept = state),
    },
  });
  return kept!;
}

describe('a checkpoint', () => {
  test('comes back with every digit', async () => {
    const state = await someState();
    expect(state.best).not.toBeNull();
    const { state: back, seconds } = readCheckpoint(
      fitStateCodec,
      writeCheckpoint(fitStateCodec, { state, seconds: 12.5 }, 'job'),
      'job',
    );
    expect(back).toEqual(state);
    expect(seconds).toBe(12.5);
    const none = { ...state, best: null, validationLoss: null };
    expect(
      readCheckpoint(fitStateCodec, writeCheckpoint(fitStateCodec, { state: none, seconds: 0 }, 'job'), 'job')
        .state,
    ).toEqual(none);
  });

  test('of another job is not used', async () => {
    const bytes = writeCheckpoint(fitStateCodec, { state: await someState(), seconds: 0 }, 'job');
    expect(() => readCheckpoint(fitStateCodec, bytes, 'another')).toThrow(NotACheckpoint);
    expect(() => readCheckpoint(fitStateCodec, bytes, 'another')).toThrow(
      /other rows, settings or another backend/,
    );
  });

  test('that is damaged is not used, wherever and however it is damaged', async () => {
    const bytes = writeCheckpoint(fitStateCodec, { state: await someState(), seconds: 0 }, 'job');
    const chance = random(7);
    for (let i = 0; i < 300; i += 1) {
      const flipped = bytes.slice();
      flipped[Math.floor(chance.uniform() * bytes.length)]! ^= 1 << Math.floor(chance.uniform() * 8);
      expect(() => readCheckpoint(fitStateCodec, flipped, 'job')).toThrow(NotACheckpoint);
    }
    for (const length of [0, 7, 8, 100, bytes.length - 1])
      expect(() => readCheckpoint(fitStateCodec, bytes.subarray(0, length), 'job')).toThrow(NotACheckpoint);
    expect(() => readCheckpoint(fitStateCodec, new TextEncoder().encode('not one at all'), 'job')).toThrow(
      NotACheckpoint,
    );
  });
});

test('checkpoints are kept by the clock, and seldom enough to cost one hundredth at most', () => {
  const pace = checkpointPace(undefined, 0);
  expect([1_999, 2_000].map((now) => pace.isDue(now))).toEqual([false, true]);
  pace.kept(2_000, 2_005);
  expect([4_004, 4_005].map((now) => pace.isDue(now))).toEqual([false, true]);
  pace.kept(5_000, 6_000);
  expect([105_999, 106_000].map((now) => pace.isDue(now))).toEqual([false, true]);
});

test('an interval that is given holds, though the training has at least as much time as its checkpoints', () => {
  const pace = checkpointPace(100, 0);
  pace.kept(100, 150);
  expect([249, 250].map((now) => pace.isDue(now))).toEqual([false, true]);
  pace.kept(250, 500);
  expect([749, 750].map((now) => pace.isDue(now))).toEqual([false, true]);
});
