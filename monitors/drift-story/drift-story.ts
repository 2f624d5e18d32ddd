/**
 * What happened to a model that was left alone: how good it was, since when it has been worse, which features moved, how
 * far and when. Pure, over rows in the order of time; what it says can be drawn or read aloud.
 */
import type { InputRow } from '../../domain/input.ts';
import type { ReferenceShares } from '../../domain/reference-shares.ts';
import { wilson } from '../../statistics/proportions.ts';
import { adwin } from '../detectors/streams/adwin.ts';
import { estimateOnset } from '../onset.ts';
import { featureStory } from './feature-story.ts';
import type { FeatureStory } from './feature-story.ts';

/** A row after those that the model was trained on, and what the model said of it. */
export type ToldRow = Readonly<{
  input: InputRow;
  label: string;
  predicted: string;
  /** As the file says it; null where no column is a time. */
  at: string | null;
}>;

/** A stretch of neighbouring rows. */
export type StoryWindow = Readonly<{
  /** Rows `from` to `to`, the last one not included. */
  from: number;
  to: number;
  at: string | null;
  accuracy: number;
  /** 95 %, by Wilson. */
  low: number;
  high: number;
}>;

export type DriftStory = Readonly<{
  rows: number;
  windows: readonly StoryWindow[];
  accuracy: number;
  /** The best split into a better and a worse stretch; null where there is no clear one. */
  worse: Readonly<{ row: number; at: string | null; before: number; after: number }> | null;
  /** Rows at which ADWIN found that the error rate has changed, up or down. */
  changes: readonly number[];
  /** Those that moved first, in the order in which they moved most; then the others. */
  features: readonly FeatureStory[];
}>;

/**
 * In nats. The best of thousands of splits gains something by chance: of 1,000 streams without a change, of 300 to 5,000
 * rows, three at most gained as much. The policy's bound (3 nats) is for streams of which regret has already said that
 * they have become worse.
 */
const CLEAR_GAIN = 8;
const WINDOWS = 40;
/** Fewer rows than that say little of a window. */
const LEAST_ROWS = 100;

/**
 * @param reference of the rows that the model was trained on
 * @param referenceRows how many these were
 * @throws nothing; with fewer than 100 rows there is one window
 */
export function tellDrift(
  rows: readonly ToldRow[],
  { reference, referenceRows }: { reference: ReferenceShares; referenceRows: number },
): DriftStory {
  const windows = windowsOf(rows);
  const wrong = rows.map(({ label, predicted }) => (label === predicted ? 0 : 1));
  const onset = estimateOnset(wrong);
  const detector = adwin.create();
  const features = Object.entries(reference.features).map(([name, feature]) =>
    featureStory(name, feature, { rows, windows, referenceRows }),
  );
  return {
    rows: rows.length,
    windows,
    accuracy: shareOfRight(wrong),
    worse:
      onset !== null && onset.gain >= CLEAR_GAIN
        ? {
            row: onset.index,
            at: rows[onset.index]!.at,
            before: 1 - onset.before,
            after: 1 - onset.after,
          }
        : null,
    changes: detector.observeAll(detector.start(), wrong).driftIndices,
    features: features.toSorted(
      (a, b) => Number(b.since !== null) - Number(a.since !== null) || b.most.psi - a.most.psi,
    ),
  };
}

function windowsOf(rows: readonly ToldRow[]): StoryWindow[] {
  const count = Math.max(1, Math.min(WINDOWS, Math.floor(rows.length / LEAST_ROWS)));
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [i, i + 1].map((k) => Math.round((k * rows.length) / count)) as [number, number];
    const right = rows.slice(from, to).filter(({ label, predicted }) => label === predicted).length;
    const { low, high } = wilson(right, to - from);
    return { from, to, at: rows[from]?.at ?? null, accuracy: right / (to - from), low, high };
  });
}

const shareOfRight = (wrong: readonly number[]): number =>
  1 - wrong.reduce((sum, one) => sum + one, 0) / wrong.length;
