import type { Random } from '../random.ts';
import { groupsBy } from './groups-by.ts';

/** Indices on either side, ascending. */
export type Split = Readonly<{ train: number[]; held: number[] }>;

const ascending = (indices: number[]): number[] => indices.sort((a, b) => a - b);

/**
 * Holds out about `share` of the rows, whole groups at a time: rows of one entity are never on both sides. Groups come
 * in a drawn order, and one is held out as long as it brings the share nearer; so a group larger than all that is to be
 * held out stays in training.
 *
 * @param groups the entity of each row; rows without one are groups of their own
 */
export function splitByGroup(groups: readonly (string | undefined)[], share: number, random: Random): Split {
  const all = groupsBy(groups.keys(), (i) => groups[i] ?? i);
  const order = Int32Array.from(all.keys());
  random.shuffle(order);
  const wanted = groups.length * share;
  const train: number[] = [];
  const held: number[] = [];
  for (const at of order) {
    const group = all[at]!;
    const nearer = Math.abs(held.length + group.length - wanted) < Math.abs(held.length - wanted);
    (nearer ? held : train).push(...group);
  }
  return { train: ascending(train), held: ascending(held) };
}

/**
 * Holds out the newest rows, at most `share` of them: what a model is judged on lies after what it learnt from. Rows of
 * the same moment stay together.
 *
 * @param times of each row, in any order
 */
export function splitByTime(times: readonly number[], share: number): Split {
  const newestFirst = [...times.keys()].sort((a, b) => times[b]! - times[a]!);
  let count = Math.floor(times.length * share);
  while (count > 0 && count < times.length && times[newestFirst[count]!] === times[newestFirst[count - 1]!])
    count -= 1;
  return { train: ascending(newestFirst.slice(count)), held: ascending(newestFirst.slice(0, count)) };
}
