/**
 * Labels come late: in which order does one learn what? Predictions are made in the order given; before each, every label
 * that has become known by then comes in, the one known first at first; what is left comes after the last prediction.
 *
 * Anything that is replayed in another order looks into the future: a detector that sees a label at the time of its
 * prediction finds every change sooner than it could.
 *
 * Agrees with river.stream.simulate_qa.
 */
import { InvalidInput } from '../../statistics/invalid-input.ts';

export type Learnt = Readonly<{ kind: 'prediction' | 'label'; row: number }>;

/** @param rows when each prediction was made, rising, and when its label became known */
export function inKnownOrder(rows: readonly { at: number; knownAt: number }[]): Learnt[] {
  const events: Learnt[] = [];
  /** Rows whose label is to come: the one known last at first, so that the next is taken from the end. */
  const waiting: number[] = [];
  const reveal = (until: number) => {
    while (waiting.length > 0 && rows[waiting.at(-1)!]!.knownAt <= until)
      events.push({ kind: 'label', row: waiting.pop()! });
  };
  for (const [row, { at, knownAt }] of rows.entries()) {
    if (!Number.isFinite(at) || Number.isNaN(knownAt) || at < (rows[row - 1]?.at ?? -Infinity))
      throw new InvalidInput(
        'inKnownOrder',
        `row ${row} is at ${at}, its label known at ${knownAt}`,
        'Give rows in the order of their predictions.',
      );
    reveal(at);
    events.push({ kind: 'prediction', row });
    let [low, high] = [0, waiting.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[waiting[middle]!]!.knownAt > knownAt) low = middle + 1;
      else high = middle;
    }
    waiting.splice(low, 0, row);
  }
  reveal(Infinity);
  return events;
}
