import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Tf } from '../../../../training/backend.ts';
import { KEEP_NOTHING } from '../../../../training/classification/keep-settings.ts';
import type { KeepSettings } from '../../../../training/classification/keep-settings.ts';
import type { LabelledInputs } from '../../../../training/classification/labelled-inputs.ts';
import { oneLabel } from '../../../../training/classification/one-label.ts';
import { tuneClassifier } from '../../../../training/classification/tune-classifier.ts';
import { random } from '../../../../training/random.ts';
import { linearBase, pointSettings as settings } from '../../../support/linear-base.ts';
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

const UNITS = 6;
/** A unit that is there whatever the label: new labels learn that it is theirs. */
const ALWAYS = 5;

/** Points around a corner of a cube for each label. */
function points(labels: readonly number[], rows: number, seed: number): LabelledInputs<Point> {
  const chance = random(seed);
  const of = Int32Array.from({ length: rows }, (_, i) => labels[i % labels.length]!);
  const inputs = Array.from(of, (label) =>
    Array.from(
      { length: UNITS },
      (_, unit) => (unit === label || unit === ALWAYS ? 1 : 0) + 0.5 * (chance.uniform() - 0.5),
    ),
  );
  return { inputs, labels: of };
}

/** The base tells labels 0 and 1 apart, and has rows for 2 and 3 that say nothing. */
const withBase = () =>
  linearBase(
    tf,
    [0, 1, 2, 3].map((label) =>
      Array.from({ length: UNITS }, (_, unit) => (unit === label && label < 2 ? 5 : 0)),
    ),
  );

const golden = points([0, 1], 60, 5);
async function learn(keep: Partial<KeepSettings>) {
  const { classifier, dispose } = withBase();
  const { kept, validation } = await tuneClassifier({
    tf,
    classifier,
    labelling: oneLabel(4),
    train: points([2, 3], 64, 1),
    validation: points([2, 3], 40, 2),
    old: { known: [0, 1], rehearse: points([0, 1], 32, 3), golden },
    settings: { ...settings, keep: { ...KEEP_NOTHING, ...keep } },
    onProgress: () => {},
  });
  dispose();
  return { ...kept!, gained: validation!.score };
}

describe('a base that learns other labels', () => {
  test('forgets its own where nothing holds it', async () => {
    const { before: was, after, gained, share, goldenRows } = await learn({});
    expect(was).toBe(1);
    expect(gained).toBe(1);
    expect(after).toBeLessThan(0.6);
    expect({ share, goldenRows }).toEqual({ share: 1, goldenRows: 60 });
  });

  test('keeps them by rehearsal, and learns the new ones too', async () => {
    const { after, gained } = await learn({ rehearsal: 0.5 });
    expect(after).toBeGreaterThan(0.95);
    expect(gained).toBeGreaterThan(0.95);
  });

  test.each([{ pull: 3 }, { distillation: 3 }, { ewc: 1e5 }])(
    'thinks more like it did by %o',
    async (keep) => {
      const fresh = points([2, 3], 64, 1);
      /** How much more the base's first label is thought of than its second, input by input. */
      const opinions = ({ logits }: ReturnType<typeof withBase>) =>
        tf.tidy(() =>
          logits(fresh.inputs)
            .arraySync()
            .map(([first, second]) => first! - second!),
        );
      const changed = async (by: Partial<KeepSettings>) => {
        const base = withBase();
        const was = opinions(base);
        await tuneClassifier({
          tf,
          classifier: base.classifier,
          labelling: oneLabel(4),
          train: fresh,
          validation: null,
          old: { known: [0, 1], rehearse: points([0, 1], 32, 3), golden },
          settings: { ...settings, epochs: 5, keep: { ...KEEP_NOTHING, ...by } },
          onProgress: () => {},
        });
        const is = opinions(base);
        base.dispose();
        return Math.hypot(...was.map((x, i) => is[i]! - x));
      };
      expect(await changed(keep)).toBeLessThan(0.8 * (await changed({})));
    },
  );

  test('goes back part of the way where that keeps enough', async () => {
    const [whole, back] = [await learn({}), await learn({ interpolate: true })];
    expect(back.after).toBeGreaterThanOrEqual(whole.after);
    expect(back.after + back.gained).toBeGreaterThanOrEqual(whole.after + whole.gained);
  });
});
