/**
 * What the patient gate of the regret policy buys, and what it costs: after the patience the side that is ahead wins, so
 * that a bad champion is not kept for lack of proof; where nothing has drifted after all, chance may win, too.
 */
import { defaultPolicy } from '../../../domain/policy/regret-policy.ts';
import type { GateKind } from '../../../domain/verdict.ts';
import { uniform } from '../../../statistics/binomial-draw.ts';
import { judgeChallenger } from '../../../training/gate/judge-challenger.ts';
import { grow, type World } from './pairs.ts';

const ROWS_A_LOOK = 25;
/** When a strict gate gives up. */
const ROWS_AT_MOST = 1_500;

/** Streams with and without drift, by what the challenger that regret has asked for is worth. */
export const streams: Readonly<Record<string, World>> = {
  'an abrupt drift: 20 points better': { discordant: 0.3, difference: 0.2 },
  'a mild drift: 3 points better': { discordant: 0.1, difference: 0.03 },
  'no drift: as good': { discordant: 0.1, difference: 0 },
  'no drift, and fewer rows: 2 points worse': { discordant: 0.1, difference: -0.02 },
  'no drift, and far fewer: 5 points worse': { discordant: 0.1, difference: -0.05 },
};

export type Course = Readonly<{
  /** Share of gates that promote, and the mean of the rows that it took. */
  promoted: number;
  rows: number;
  /** Errors per gate in its 1,500 rows beyond those of the better of the two; what was served meanwhile included. */
  excessErrors: number;
}>;

export function courseOf(
  kind: GateKind,
  world: World,
  { gates, seed }: { gates: number; seed: number },
): Course {
  const draw = uniform(seed);
  let [promoted, rowsToPromote, excess] = [0, 0, 0];
  for (let gate = 0; gate < gates; gate += 1) {
    const { isPromoted, rows } = oneGate(kind, world, draw);
    if (isPromoted) {
      promoted += 1;
      rowsToPromote += rows;
    }
    // Rows that the worse of the two answers.
    const isWorse = world.difference < 0;
    const byChallenger = isPromoted ? ROWS_AT_MOST - rows : 0;
    excess += Math.abs(world.difference) * (isWorse ? byChallenger : ROWS_AT_MOST - byChallenger);
  }
  return {
    promoted: promoted / gates,
    rows: promoted === 0 ? 0 : Math.round(rowsToPromote / promoted),
    excessErrors: Number((excess / gates).toFixed(1)),
  };
}

function oneGate(kind: GateKind, world: World, draw: () => number): { isPromoted: boolean; rows: number } {
  let pairs = { wins: 0, losses: 0, rows: 0 };
  while (pairs.rows < ROWS_AT_MOST) {
    pairs = grow(pairs, ROWS_A_LOOK, world, draw);
    const verdict = judgeChallenger({ ...pairs, kind }, defaultPolicy);
    if (verdict.kind !== 'hold') return { isPromoted: verdict.kind === 'promote', rows: pairs.rows };
  }
  return { isPromoted: false, rows: pairs.rows };
}
