/**
 * Held-out rows wear out: a set that has judged as many challengers as it may has nothing left to prove. Whom rows have
 * judged stands in the ledger of looks; how many they may, in training/gate/holdout-budget.ts.
 */
import type { Example } from '../domain/examples.ts';
import type { GateConfig } from '../domain/gate-config.ts';
import type { LookedAt } from '../domain/ports.ts';
import { usesOf } from '../training/gate/holdout-budget.ts';

type Row = Pick<Example, 'predictionId' | 'seq' | 'entity'>;

/** The challengers that were looked at on any of these rows, with from where to where. */
export const judgedOn = (ledger: readonly LookedAt[], rows: readonly Pick<Row, 'seq'>[]): LookedAt[] =>
  ledger.filter(({ fromSeq, toSeq }) => rows.some(({ seq }) => fromSeq <= seq && seq <= toSeq));

/** Rows of one entity prove no more than one. */
const independentOf = (rows: readonly Row[]): number =>
  new Set(rows.map(({ entity, predictionId }) => (entity == null ? `row ${predictionId}` : `of ${entity}`)))
    .size;

/** How many challengers these held-out rows may judge. */
export const usesOfRows = (rows: readonly Row[], gate: Pick<GateConfig, 'effect' | 'alpha'>): number =>
  usesOf(independentOf(rows), gate);

/**
 * Of held-out rows in their order: those that may judge a challenger whom the ledger does not name, and those that are
 * worn out. Rows that have judged most are given up first, which are the oldest, until what is left may judge one more;
 * rows that have judged nobody always may.
 */
export function splitWornOut<R extends Row>(
  rows: readonly R[],
  ledger: readonly LookedAt[],
  gate: Pick<GateConfig, 'effect' | 'alpha'>,
): { fit: R[]; wornOut: R[] } {
  const near = judgedOn(ledger, rows);
  if (near.length === 0) return { fit: [...rows], wornOut: [] };
  const times = new Map(rows.map((row) => [row, judgedOn(near, [row]).length]));
  let fit = [...rows];
  while (judgedOn(near, fit).length >= usesOfRows(fit, gate)) {
    const most = fit.reduce((sofar, row) => Math.max(sofar, times.get(row)!), 0);
    fit = fit.filter((row) => times.get(row)! < most);
  }
  const kept = new Set(fit);
  return { fit, wornOut: rows.filter((row) => !kept.has(row)) };
}
