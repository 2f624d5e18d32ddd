import type { Example } from '../domain/examples.ts';
import type { Ports } from './ports.ts';

/**
 * After so many challengers a held-out row has nothing left to prove: the next could spend less than a hundredth of α on
 * it (training/gate/judge-gate.ts).
 */
export const WORN_OUT_AFTER = 10;

/** How many of the first of these held-out rows, in their order, have judged that many challengers. */
export async function wornOutRows(
  { runs }: Pick<Ports, 'runs'>,
  model: string,
  heldOut: readonly Pick<Example, 'seq'>[],
): Promise<number> {
  // Whatever judges by a row judges by those before it, so that the count falls from row to row.
  let [worn, fresh] = [0, heldOut.length];
  while (worn < fresh) {
    const middle = (worn + fresh) >> 1;
    const judged = await runs.judgedOnHeldOut({ model, besides: '', fromSeq: heldOut[middle]!.seq });
    if (judged >= WORN_OUT_AFTER) worn = middle + 1;
    else fresh = middle;
  }
  return worn;
}
