/**
 * Held-out rows wear out: a row that has judged many challengers has nothing left to prove. Whom a row has judged stands
 * in the ledger of looks.
 */
import type { Example } from '../domain/examples.ts';
import type { HeldOutLook } from '../domain/ports.ts';
import { groupsBy } from '../training/data/groups-by.ts';

/**
 * After so many challengers a held-out row has nothing left to prove: the next could spend less than a hundredth of α on
 * it (training/gate/spend-alpha.ts).
 */
export const WORN_OUT_AFTER = 10;

/**
 * Says of a held-out row whether it has judged that many challengers, however often each of them was looked at. A row
 * that lies outside of what a look has looked at was not asked then.
 */
export function wornOutBy(ledger: readonly HeldOutLook[]): (row: Pick<Example, 'seq'>) => boolean {
  const ofEach = groupsBy(ledger, ({ challenger }) => challenger);
  return ({ seq }) => {
    const judged = ofEach.filter((looks) =>
      looks.some(({ fromSeq, toSeq }) => fromSeq <= seq && seq <= toSeq),
    );
    return judged.length >= WORN_OUT_AFTER;
  };
}
