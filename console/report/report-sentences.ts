import type { Estimate } from '../../training/evaluate.ts';
import { count, counted, listed, percent, rate } from '../wording.ts';
import type { ReportData } from './report-data.ts';

/** What the report says in words, for a reader who has never seen a confusion matrix. */

export const sayInterval = ({ low, high }: Estimate): string => `${rate(low)} to ${rate(high)}`;

const ofHundred = (share: number): string => `${Math.round(share * 100)} of 100`;

/** The answer. */
export const lede = ({ name, evaluation }: ReportData): string =>
  `${name} answers ${ofHundred(evaluation.metrics.accuracy.estimate)} rows right that it has never seen.`;

/** How sure that is, and what it is worth beside no model at all. */
export function why({ files, evaluation }: ReportData): string {
  const { rows, metrics, baseline } = evaluation;
  const { accuracy } = metrics;
  const guess = `Always answering \`${baseline.label}\` would be right on ${ofHundred(baseline.accuracy)}`;
  const worth =
    accuracy.low > baseline.accuracy
      ? `${guess}.`
      : accuracy.high < baseline.accuracy
        ? `${guess}, which is better: this version is not worth using.`
        : `${guess}: these rows do not show that the version is better than that.`;
  return (
    `Tested once on the ${counted(rows, 'row')} of \`${files.test}\`. With other rows of the same kind it would lie between ` +
    `${percent(accuracy.low)} and ${percent(accuracy.high)} (95 % sure). ${worth}`
  );
}

export const sayCalibration = ({ estimate }: Estimate): string =>
  `a score of .80 is right about ${rate(Math.max(0, 0.8 - estimate), 2)} to ${rate(Math.min(1, 0.8 + estimate), 2)} of the time`;

/** What the curves show. */
export function sayLearning({ curve, training, rows }: ReportData): string {
  const last = curve.at(-1);
  const best = curve.find(({ epoch }) => epoch === training.bestEpoch);
  if (last === undefined || best?.validation == null)
    return `${counted(training.steps, 'step')} over ${counted(training.epochs, 'epoch')}, with no rows to validate on.`;
  const kept =
    training.bestEpoch < last.epoch
      ? `After epoch ${training.bestEpoch} the loss on the ${counted(rows.validation, 'validation row')} grew no smaller, so that epoch is the version.`
      : `The loss on the ${counted(rows.validation, 'validation row')} was still at its smallest at the end; a longer training may gain a little.`;
  const gap = best.validation.loss - best.trainLoss;
  const learntByHeart =
    gap > 0.25 * best.validation.loss && gap > 0.05
      ? ` On its own training rows the loss is much smaller (${rate(best.trainLoss)} beside ${rate(best.validation.loss)}): it knows them partly by heart, and more rows would help.`
      : '';
  return kept + learntByHeart;
}

/** What is taken for what. */
export function sayMistakes({ evaluation }: ReportData): string {
  const [worst] = mistakes(evaluation, 1);
  return worst === undefined
    ? 'It made no mistake on the test file.'
    : `Most often \`${worst.truth}\` is answered with \`${worst.answer}\`: ${counted(worst.rows, 'row')}, ${percent(worst.share)} of those that are \`${worst.truth}\`.`;
}

/** The most frequent mistakes, and which share of the rows of that label they are. */
export function mistakes({ confusion, labels }: ReportData['evaluation'], most: number) {
  return confusion
    .flatMap((row, i) =>
      row.map((rows, j) => ({
        truth: labels[i]!.label,
        answer: labels[j]!.label,
        rows: i === j ? 0 : rows,
        share: rows / Math.max(1, labels[i]!.rows),
      })),
    )
    .filter(({ rows }) => rows > 0)
    .sort((a, b) => b.rows - a.rows)
    .slice(0, most);
}

/** Where it is weak beyond chance. */
export function saySlices({ evaluation }: ReportData): string {
  const { slices, metrics } = evaluation;
  const weak = slices.filter(({ accuracy }) => accuracy.high < metrics.accuracy.estimate);
  if (slices.length === 0) return 'The test file has too few rows to look at parts of it.';
  return weak.length === 0
    ? 'No part of the test file is clearly below the whole.'
    : `${counted(weak.length, 'part')} of the test file ${weak.length === 1 ? 'is' : 'are'} clearly below the whole. Of many parts a few look weak by chance; the line is where 95 of 100 such intervals hold.`;
}

/** What went in. */
export function sayData({ rows, files, validationIs, leakage }: ReportData): string {
  const shared =
    leakage.rows === 0
      ? 'No test row is a training row.'
      : `${counted(leakage.rows, 'test row')} (${percent(leakage.share)}) ${leakage.rows === 1 ? 'is a training row' : 'are training rows'} too; among rows like these ${percent(leakage.byChance)} meet another by chance.`;
  return `${count(rows.train)} rows of \`${files.train}\` trained, ${count(rows.validation)} validated (${validationIs}), ${count(rows.test)} of \`${files.test}\` tested. ${shared}`;
}

export const sayLeftOut = (leftOut: ReportData['leftOut']): string =>
  `Not learnt from: ${listed(leftOut.map(({ column, because }) => `\`${column}\` (${because})`))}.`;
