import { defaultPolicy, type RegretPolicy } from '../../../domain/policy/regret-policy.ts';
import { observe, referenceOf, restore, start, type Regret } from '../../../monitors/regret.ts';

/** A version that answered production, from the row on whose label was the first to count for it. */
export type Reign = { version: string; fromRow: number };

/** A stretch in which the regret of a champion stood at the price or above it; rows are indices of the stream. */
export type Crossing = { version: string; row: number };

/**
 * When regret truly reached the price: the pure fold over every row, scored by the champion of its time, as if labels
 * came at once and nobody had to look. `isWrong(version, row)` is 1 where a version errs on a row.
 */
export function trueCrossings(
  reigns: readonly Reign[],
  toRow: number,
  isWrong: (version: string, row: number) => boolean,
  policy: RegretPolicy = defaultPolicy,
): Crossing[] {
  const crossings: Crossing[] = [];
  const references = new Map<string, number>();
  let regret: Regret = start();
  reigns.forEach(({ version, fromRow }, i) => {
    if (i > 0) {
      const own = references.get(version);
      regret = own === undefined ? start(referenceOf(regret)) : restore(own);
    }
    const until = reigns[i + 1]?.fromRow ?? toRow;
    for (let row = fromRow; row < until; row += 1) {
      const before = regret.regret;
      regret = observe(regret, isWrong(version, row), policy);
      if (before < policy.price && regret.regret >= policy.price) crossings.push({ version, row });
    }
    if (regret.reference !== null) references.set(version, regret.reference);
  });
  return crossings;
}

/** Rows from the latest true crossing before an alert to the row that was sent when it began to fire. */
export function alertLags(
  alerts: readonly { version: string; row: number }[],
  crossings: readonly Crossing[],
): { version: string; crossedAtRow: number | null; firedAtRow: number; lagRows: number | null }[] {
  return alerts.map(({ version, row }) => {
    const crossed = crossings.findLast((c) => c.version === version && c.row <= row)?.row ?? null;
    return {
      version,
      crossedAtRow: crossed,
      firedAtRow: row,
      lagRows: crossed === null ? null : row - crossed,
    };
  });
}
