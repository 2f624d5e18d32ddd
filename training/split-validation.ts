import { splitByGroup } from './data/split.ts';
import { random } from './random.ts';

type Timed = {
  /** Milliseconds or any other number that grows with time. */
  at: number | null;
  /** Whom it is about: rows of one are on one side. */
  entity?: string;
};

export type Split<Row> = { train: Row[]; validation: Row[] };

/**
 * Takes the rows for early stopping and calibration out of the training rows. Where every row has a time, the newest
 * share validates, since production will ask about the time after the file; where rows have entities, whole entities are
 * drawn, since production will ask about others. Otherwise the share is drawn from each label, as
 * `labelOf` says, so that a rare one is in both parts; a label with one row only trains. The same seed draws the same rows; each part keeps
 * the order of the file.
 */
export function splitValidation<Row extends Timed>(
  rows: readonly Row[],
  { share, seed, labelOf }: { share: number; seed: number; labelOf: (row: Row) => string },
): Split<Row> {
  const isTimed = rows.every(({ at }) => at !== null);
  const validates = rows.some(({ entity }) => entity !== undefined)
    ? new Set(
        splitByGroup(
          rows.map(({ entity }) => entity),
          share,
          random(seed),
        ).held,
      )
    : isTimed
      ? newest(rows, share)
      : drawnByLabel(rows.map(labelOf), share, seed);
  return {
    train: rows.filter((_, i) => !validates.has(i)),
    validation: rows.filter((_, i) => validates.has(i)),
  };
}

/** Rows of one moment stay in the order of the file. */
function newest(rows: readonly Timed[], share: number): Set<number> {
  const order = rows.map((_, i) => i).sort((a, b) => rows[a]!.at! - rows[b]!.at!);
  return new Set(order.slice(rows.length - Math.round(rows.length * share)));
}

function drawnByLabel(labels: readonly string[], share: number, seed: number): Set<number> {
  const byLabel = new Map<string, number[]>();
  labels.forEach((label, i) => {
    const same = byLabel.get(label);
    if (same) same.push(i);
    else byLabel.set(label, [i]);
  });
  const chance = random(seed);
  const drawn = new Set<number>();
  for (const indices of byLabel.values()) {
    const order = Int32Array.from(indices);
    chance.shuffle(order);
    const count = Math.min(indices.length - 1, Math.max(1, Math.round(indices.length * share)));
    for (const i of order.subarray(0, count)) drawn.add(i);
  }
  return drawn;
}
