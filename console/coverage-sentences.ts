import { unknownBin } from '../domain/reference-shares.ts';
import type { ScoreCoverage } from './model-view.ts';
import { percent, rate } from './wording.ts';

/** A bin of scores in words: `.9 or more`. */
export const scoreWords = (bin: string): string => {
  if (bin === unknownBin) return 'no score';
  const low = Number(bin);
  return low >= 0.9 ? `${rate(low, 1)} or more` : `${rate(low, 1)} to ${rate(low + 0.1, 1)}`;
};

/** With fewer predictions a bin says nothing of how many get labels. */
const COVERAGE_ROWS = 30;
/** Coverages that far apart, by factor and by difference, are of other rows. */
const UNEVEN = { times: 2, points: 0.1 };

/** Do sure answers get labels as often as unsure ones? */
export function sayCoverage(coverage: readonly ScoreCoverage[]): string {
  const known = coverage
    .filter(({ predictions }) => predictions >= COVERAGE_ROWS)
    .map(({ bin, predictions, labelled }) => ({ bin, share: Math.min(1, labelled / predictions) }))
    .toSorted((a, b) => a.share - b.share);
  const [least, most] = [known.at(0), known.at(-1)];
  if (least === undefined || most === undefined || known.length < 2)
    return 'Too few predictions to say whether sure answers get labels more often than unsure ones.';
  if (most.share === 0) return 'No labels became known.';
  const isUneven = most.share >= UNEVEN.times * least.share && most.share - least.share >= UNEVEN.points;
  return isUneven
    ? `${percent(most.share)} of the answers with a score of ${scoreWords(most.bin)} got labels, and ${percent(least.share)} of those with ${scoreWords(least.bin)}: labels that exist only for some predictions mislead, and accuracy is that of the answers that have them.`
    : `Answers get labels about as often whatever their score: ${percent(least.share)} to ${percent(most.share)} of them.`;
}
