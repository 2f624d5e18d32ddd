/**
 * Labels of a held-out set guessed at random, and those guesses that were told to be better put to the vote: by how much
 * the vote beats a coin, though nobody learnt anything.
 *
 * Source: A. Blum and M. Hardt, "The Ladder", ICML (2015), section 4.
 */
import { uniform } from '../../../statistics/binomial-draw.ts';
import { climb, startLadder } from '../../../training/gate/holdout-budget.ts';

const [ROWS, GUESSES] = [2_000, 300];

function guessing(seed: number, isToldBetter: (score: number) => boolean): number {
  const draw = uniform(seed);
  const truth = Array.from({ length: ROWS }, () => draw() < 0.5);
  const votes = new Int32Array(ROWS);
  for (let g = 0; g < GUESSES; g += 1) {
    const guess = Array.from({ length: ROWS }, () => draw() < 0.5);
    const score = guess.filter((one, i) => one === truth[i]).length / ROWS;
    if (isToldBetter(score)) for (let i = 0; i < ROWS; i += 1) votes[i]! += guess[i] ? 1 : -1;
  }
  return truth.filter((one, i) => votes[i]! > 0 === one).length / ROWS - 0.5;
}

/** The mean gain over these seeds: with every score told, and with the ladder in between. */
export function attackGain(seeds: readonly number[]): { raw: number; ladder: number } {
  const mean = (gains: readonly number[]) =>
    Number((gains.reduce((sum, gain) => sum + gain, 0) / gains.length).toFixed(4));
  const step = Math.sqrt(0.5 / ROWS);
  return {
    raw: mean(seeds.map((seed) => guessing(seed, (score) => score > 0.5))),
    ladder: mean(
      seeds.map((seed) => {
        let rung = climb(startLadder(), 0.5, step);
        return guessing(seed, (score) => {
          const { best } = rung;
          rung = climb(rung, score, step);
          return rung.best > best;
        });
      }),
    ),
  };
}
