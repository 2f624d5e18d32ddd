import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Tf } from '../../../../training/backend.ts';
import { KEEP_NOTHING } from '../../../../training/classification/keep-settings.ts';
import type { KeepSettings } from '../../../../training/classification/keep-settings.ts';
import type { LabelledInputs } from '../../../../training/classification/labelled-inputs.ts';
import { manyLabels } from '../../../../training/classification/many-labels.ts';
import type { LabelSet } from '../../../../training/classification/many-labels.ts';
import { tuneClassifier } from '../../../../training/classification/tune-classifier.ts';
import { random } from '../../../../training/random.ts';
import { linearBase, pointSettings } from '../../../support/linear-base.ts';
import type { Point } from '../../../support/linear-base.ts';
import { tensorflows } from '../../../support/tensorflows.ts';

const { select } = (await tensorflows()).at(-1)!;
let tf: Tf;
let before: number;
beforeAll(async () => {
  tf = await select();
});
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => expect(tf.memory().numTensors).toBe(before));

const ways = { labelSmoothing: 0, classWeights: 'none', focalGamma: null } as const;
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
/** Of rows [0, 2] and [] under these logits. */
const truths: LabelSet[] = [[0, 2], []];
const logits = [2, -1, 0.5, 0.1, -3, 1];
const isSo = [1, 0, 1, 0, 0, 0];
const belief = logits.map((z, i) => (isSo[i] ? sigmoid(z) : 1 - sigmoid(z)));
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

describe('a loss over many labels', () => {
  const lossOf = (
    settings: Partial<Parameters<ReturnType<typeof manyLabels>['objective']>[1]>,
    distilled = [0],
  ) =>
    tf.tidy(() => {
      const { loss } = manyLabels(3).objective(
        { epoch: truths, all: truths, distilled },
        { ...ways, ...settings },
      );
      return loss(tf, tf.tensor2d(logits, [2, 3]), truths).dataSync()[0]!;
    });

  test('is the mean of −ln of what each label is believed to be, and so it is validated', () => {
    const wanted = mean(belief.map((p) => -Math.log(p)));
    expect(lossOf({})).toBeCloseTo(wanted, 6);
    expect(manyLabels(3).meanLoss(logits, truths)).toBeCloseTo(wanted, 9);
  });

  test('smoothed, is what half of the share would be for yes and half for no', () => {
    const half = mean(logits.map((z) => -(Math.log(sigmoid(z)) + Math.log(1 - sigmoid(z))) / 2));
    expect(lossOf({ labelSmoothing: 0.2 })).toBeCloseTo(0.8 * lossOf({}) + 0.2 * half, 6);
  });

  test('balanced, weighs a yes as often as there are rows without it for each with it', () => {
    const rows: LabelSet[] = [[0], [], [], [0, 1], [1], [1]];
    const { loss } = manyLabels(2).objective(
      { epoch: rows, all: rows, distilled: [] },
      { ...ways, classWeights: 'balanced' },
    );
    const one = tf.tidy(() => loss(tf, tf.tensor2d([[1, 1]]), [[0, 1]]).dataSync()[0]!);
    // Of label 0 two rows have it and four do not; of label 1 three and three.
    expect(one).toBeCloseTo(((4 / 2 + 3 / 3) * -Math.log(sigmoid(1))) / 2, 6);
  });

  test('focal, counts little what is right already; a yes by its weight too', () => {
    const focal = belief.map((p) => -((1 - p) ** 2) * Math.log(p));
    expect(lossOf({ focalGamma: 2 })).toBeCloseTo(mean(focal), 6);
    // One of two rows has each of the labels 0 and 2, and none has 1: nothing weighs more.
    expect(lossOf({ focalGamma: 2, classWeights: 'balanced' })).toBeCloseTo(mean(focal), 6);
  });

  test('leaves a label that no row has to the base where that teaches too; one that is new is learnt as never said', () => {
    const loss = belief.map((p) => -Math.log(p));
    expect(lossOf({}, [0, 1])).toBeCloseTo(mean([0, 2, 3, 5].map((i) => loss[i]!)), 6);
    expect(lossOf({}, [0])).toBeCloseTo(mean(loss), 6);
  });

  test('an answer is right where every label is', () => {
    const { shareRight } = manyLabels(3);
    expect(shareRight([1, -1, 1, -1, -1, -1], truths)).toBe(1);
    expect(shareRight([1, -1, 1, -1, -1, 1], truths)).toBe(0.5);
    expect(shareRight([-Infinity, -1, 1, -1, -1, -1], truths)).toBe(0.5);
  });
});

const UNITS = 5;
const ALWAYS = 4;

/** Points along the axis of each label that they have; each has one of these labels, or two. */
function points(labels: readonly number[], rows: number, seed: number): LabelledInputs<Point, LabelSet> {
  const chance = random(seed);
  const sets = Array.from({ length: rows }, (_, i) => {
    const one = labels[i % labels.length]!;
    return i % 3 === 0 ? labels.filter((label) => label !== one) : [one];
  });
  const inputs = sets.map((set) =>
    Array.from(
      { length: UNITS },
      (_, unit) => (set.includes(unit) || unit === ALWAYS ? 1 : 0) + 0.4 * (chance.uniform() - 0.5),
    ),
  );
  return { inputs, labels: sets };
}

/** The base knows labels 0 and 1, and has rows for 2 and 3 that say nothing. */
const withBase = () =>
  linearBase(
    tf,
    [0, 1, 2, 3].map((label) =>
      Array.from({ length: UNITS }, (_, unit) =>
        label > 1 ? 0 : unit === label ? 10 : unit === ALWAYS ? -5 : 0,
      ),
    ),
  );

async function learn(keep: Partial<KeepSettings>, epochs = 12) {
  const { classifier, logits: answer, dispose } = withBase();
  const fresh = points([2, 3], 60, 1);
  const opinions = () => tf.tidy(() => answer(fresh.inputs).arraySync()).map((row) => row.slice(0, 2));
  const was = opinions();
  const { kept, validation } = await tuneClassifier({
    tf,
    classifier,
    labelling: manyLabels(4),
    train: fresh,
    validation: points([2, 3], 40, 2),
    old: { known: [0, 1], rehearse: points([0, 1], 30, 3), golden: points([0, 1], 60, 5) },
    settings: { ...pointSettings, ...ways, epochs, keep: { ...KEEP_NOTHING, ...keep } },
    onProgress: () => {},
  });
  const moved = Math.hypot(...opinions().flatMap((row, i) => row.map((z, j) => z - was[i]![j]!)));
  dispose();
  return { ...kept!, gained: validation!.score, moved };
}

test('a base learns other labels, and what it knew is kept as with one label', async () => {
  const free = await learn({});
  expect(free).toMatchObject({ before: 1, goldenRows: 60, share: 1 });
  expect(free.gained).toBeGreaterThan(0.95);
  // The new labels are said of old rows too, which they have not: their sets are no longer the same.
  expect(free.after).toBeLessThan(0.6);
  const rehearsed = await learn({ rehearsal: 0.5 });
  expect(rehearsed.after).toBeGreaterThan(0.95);
  expect(rehearsed.gained).toBeGreaterThan(0.95);
  const quick = await learn({}, 3);
  for (const keep of [{ distillation: 3 }, { ewc: 1e5 }])
    expect((await learn(keep, 3)).moved, JSON.stringify(keep)).toBeLessThan(0.8 * quick.moved);
});
