/**
 * Labels of a held-out set guessed at random, each guess sent to the gate as a challenger, and those that its report calls
 * better put to the vote: by how much the vote beats a coin, though nobody learnt anything. The attacker reads everything
 * that a report says, and not the verdict only.
 *
 * Source: A. Blum and M. Hardt, "The Ladder", ICML (2015), section 4.
 */
import { uniform } from '../../../statistics/binomial-draw.ts';
import { oneSet } from './one-set.ts';

const [ROWS, GUESSES] = [2_000, 300];

function guessing(seed: number, hasLedger: boolean): number {
  const draw = uniform(seed);
  const truth = Array.from({ length: ROWS }, () => draw() < 0.5);
  // Right on every second row: whoever beats it is right on more than half of them.
  const champion = truth.map((one, i) => one === (i % 2 === 0));
  const set = oneSet(truth, champion, { hasLedger });
  const votes = new Int32Array(ROWS);
  for (let g = 0; g < GUESSES; g += 1) {
    const guess = Array.from({ length: ROWS }, () => draw() < 0.5);
    const { wins, losses } = set.ask(guess).main;
    if (wins > losses) for (let i = 0; i < ROWS; i += 1) votes[i]! += guess[i] ? 1 : -1;
  }
  return truth.filter((one, i) => votes[i]! > 0 === one).length / ROWS - 0.5;
}

/** The mean gain over these seeds: as the product is, and where no ledger is kept. */
export function attackGain(seeds: readonly number[]): { ledger: number; without: number } {
  const mean = (hasLedger: boolean) =>
    Number((seeds.reduce((sum, seed) => sum + guessing(seed, hasLedger), 0) / seeds.length).toFixed(4));
  return { ledger: mean(true), without: mean(false) };
}
