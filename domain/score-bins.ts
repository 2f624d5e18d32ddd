/**
 * Bins of how sure a version was of its answer: the score of the label that it answered, in ten equal bins named by their
 * lower bound. The bounds are fixed, so that bins of any two versions, models and times are the same.
 */
import { unknownBin } from './reference-shares.ts';
import type { DeclaredTask } from './task.ts';

const BINS = 10;

/** '0.0' to '0.9', and `unknown` for an answer whose score is not there or is no share. */
export const scoreBins: readonly string[] = [
  ...Array.from({ length: BINS }, (_, i) => (i / BINS).toFixed(1)),
  unknownBin,
];

/** Only one label out of a few has a score of its own. */
export const hasScores = ({ kind }: Pick<DeclaredTask, 'kind'>): boolean => kind === 'classification';

/** The bin of a score: [lower, upper), the last one with its upper bound. */
export function scoreBinOf(score: number | undefined): string {
  if (score === undefined || !(score >= 0 && score <= 1)) return unknownBin;
  return scoreBins[Math.min(Math.floor(score * BINS), BINS - 1)]!;
}

/** The same in SQL, of an expression of type float8. */
export const sqlScoreBin = (score: string): string =>
  `case when ${score} between 0 and 1
        then to_char(least(floor(${score} * ${BINS}), ${BINS - 1}) / ${BINS}, 'FM0.0')
        else '${unknownBin}' end`;
