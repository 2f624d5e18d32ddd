import type { Random } from '../random.ts';

/** Where a rehearsal is; plain data, so that a checkpoint can hold it. */
export type RehearsalState = Readonly<{ order: Int32Array; at: number; owed: number }>;

export type Rehearsal = {
  /** Rows of the old examples that go into a batch beside so many new ones; each once before any comes again. */
  draw(fresh: number): Int32Array;
  state(): RehearsalState;
};

/**
 * Rehearsal: old examples among the new ones, so that what they teach is not forgotten. Over the batches, `ratio` of all
 * that is seen is old; a part of an example that a batch should have had goes over to the next.
 *
 * @param oldRows how many old examples there are
 * @param ratio 0 to below 1
 */
export function rehearse(
  oldRows: number,
  ratio: number,
  random: Random,
  resumed: RehearsalState | null = null,
): Rehearsal {
  const order = resumed?.order.slice() ?? Int32Array.from({ length: oldRows }, (_, i) => i);
  let at = resumed?.at ?? oldRows;
  let owed = resumed?.owed ?? 0;
  return {
    draw(fresh) {
      owed += oldRows === 0 ? 0 : (fresh * ratio) / (1 - ratio);
      const drawn = new Int32Array(Math.floor(owed));
      owed -= drawn.length;
      for (let i = 0; i < drawn.length; i += 1) {
        if (at === oldRows) {
          random.shuffle(order);
          at = 0;
        }
        drawn[i] = order[at]!;
        at += 1;
      }
      return drawn;
    },
    state: () => ({ order: order.slice(), at, owed }),
  };
}
