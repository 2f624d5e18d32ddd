/**
 * Challengers that are as good as the champion, one after the other on one set of held-out rows. They differ from it on a
 * tenth of the rows; where chance has made the set hard for the champion, all of them look better than they are.
 */
import { uniform } from '../../../statistics/binomial-draw.ts';
import { oneSet } from './one-set.ts';

const RIGHT = 0.9;
/** Each way: in truth the two are equal. */
const DIFFERENT = 0.05;

export type Reuse = Readonly<{ rows: number; challengers: number; seed: number; hasLedger: boolean }>;

/** How many of them are promoted, and how many were judged at all. */
export function promotedOnOneSet({ rows, challengers, seed, hasLedger }: Reuse): {
  promoted: number;
  judged: number;
} {
  const draw = uniform(seed);
  const truth = Array.from({ length: rows }, () => draw() < 0.5);
  const isRight = truth.map(() => draw() < RIGHT);
  const champion = truth.map((one, i) => one === isRight[i]);
  const set = oneSet(truth, champion, { hasLedger });
  let [promoted, judged] = [0, 0];
  for (let k = 0; k < challengers; k += 1) {
    const answers = champion.map((one, i) => {
      const differs = draw() < (isRight[i] ? DIFFERENT / RIGHT : DIFFERENT / (1 - RIGHT));
      return differs ? !one : one;
    });
    const { verdict, main } = set.ask(answers);
    if (verdict.kind === 'promote') promoted += 1;
    if (main.rows > 0) judged += 1;
  }
  return { promoted, judged };
}
/** The share of such sets that promote any. */
export function setsThatPromote(sets: number, of: Reuse): number {
  let any = 0;
  for (let set = 0; set < sets; set += 1)
    if (promotedOnOneSet({ ...of, seed: of.seed + set }).promoted > 0) any += 1;
  return any / sets;
}
