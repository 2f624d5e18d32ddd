import type { SearchReport } from '../../domain/search-report.ts';
import type { Estimate } from '../../training/evaluate.ts';
import type { ValueReport } from '../../training/evaluate-values.ts';
import type { VersionReport } from '../../training/evaluate-version.ts';
import { count, counted, lasting, listed, percent, rate } from '../wording.ts';
import { figure } from './figure.ts';
import type { ReportData, SuspectReport } from './report-data.ts';
import { ledeOfWriting, whyOfWriting } from './writing-sentences.ts';

/** What the report says in words, for a reader who has never seen a confusion matrix. */

export const sayInterval = ({ low, high }: Estimate): string => `${rate(low)} to ${rate(high)}`;

const ofHundred = (share: number): string => `${Math.round(share * 100)} of 100`;

export const sayRange = ({ low, high }: Estimate): string => `${figure(low)} to ${figure(high)}`;

/** The answer. */
export function lede({ name, labelColumn, evaluation }: ReportData): string {
  switch (evaluation.kind) {
    case 'labels':
      return `${name} answers ${ofHundred(evaluation.metrics.accuracy.estimate)} rows right that it has never seen.`;
    case 'multi-label': {
      const { microRecall, microPrecision } = evaluation.metrics;
      return `Of rows that it has never seen, ${name} finds ${ofHundred(microRecall.estimate)} labels, and ${ofHundred(microPrecision.estimate)} that it gives are right.`;
    }
    case 'values':
      return `On rows that it has never seen, ${name} is off by ${figure(evaluation.metrics.mae.estimate)} in ${labelColumn}, on average.`;
    case 'answers':
    case 'preferences':
      return ledeOfWriting(name, evaluation);
    default:
      return evaluation satisfies never;
  }
}

/** How sure that is, and what it is worth beside no model at all. */
export function why({ files, evaluation }: ReportData): string {
  const others = `Tested once on the ${counted(evaluation.rows, 'row')} of \`${files.test}\`. With other rows of the same kind`;
  const tested = `${others} it would lie between`;
  if (evaluation.kind === 'labels') {
    const { accuracy } = evaluation.metrics;
    const { label, accuracy: guessed } = evaluation.baseline;
    const guess = `Always answering \`${label}\` would be right on ${ofHundred(guessed)}`;
    return `${tested} ${percent(accuracy.low)} and ${percent(accuracy.high)} (95 % sure). ${sayWorth(guess, { betterBy: accuracy.low - guessed, atMost: accuracy.high - guessed })}`;
  }
  if (evaluation.kind === 'multi-label') {
    const { microF1 } = evaluation.metrics;
    const { labels, microF1: guessed } = evaluation.baseline;
    const always =
      labels.length === 0
        ? 'Never giving any label'
        : `Always giving ${listed(labels.map((label) => `\`${label}\``))}`;
    const worth = sayWorth(`${always} would reach ${rate(guessed)}`, {
      betterBy: microF1.low - guessed,
      atMost: microF1.high - guessed,
    });
    return `${others} its micro F1 would lie between ${rate(microF1.low)} and ${rate(microF1.high)} (95 % sure). ${worth}`;
  }
  if (evaluation.kind !== 'values') return `${tested} ${whyOfWriting(evaluation)}`;
  const { mae } = evaluation.metrics;
  const { value, mae: guessed } = evaluation.baseline;
  const guess = `Always answering ${figure(value)} would be off by ${figure(guessed)}`;
  return `${tested} ${figure(mae.low)} and ${figure(mae.high)} (95 % sure). ${sayWorth(guess, { betterBy: guessed - mae.high, atMost: guessed - mae.low })}`;
}

/** By how much it is better than guessing, at least and at most, is what makes it worth using. */
const sayWorth = (guess: string, { betterBy, atMost }: { betterBy: number; atMost: number }): string =>
  betterBy > 0
    ? `${guess}.`
    : atMost < 0
      ? `${guess}, which is better: this version is not worth using.`
      : `${guess}: these rows do not show that the version is better than that.`;

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
export function sayMistakes(evaluation: VersionReport): string {
  const [worst] = mistakes(evaluation, 1);
  return worst === undefined
    ? 'It made no mistake on the test file.'
    : `Most often \`${worst.truth}\` is answered with \`${worst.answer}\`: ${counted(worst.rows, 'row')}, ${percent(worst.share)} of those that are \`${worst.truth}\`.`;
}

/** The most frequent mistakes, and which share of the rows of that label they are. */
export function mistakes({ confusion, labels }: VersionReport, most: number) {
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

/** The figure by which parts of the test file are compared with the whole. */
export function wholeOf(evaluation: ReportData['evaluation']): Estimate {
  switch (evaluation.kind) {
    case 'labels':
    case 'multi-label':
      return evaluation.metrics.accuracy;
    case 'values':
      return evaluation.metrics.mae;
    case 'answers':
      return evaluation.metrics.fuzzyMatch;
    case 'preferences':
      return evaluation.metrics.preferenceAccuracy;
    default:
      return evaluation satisfies never;
  }
}

/** Where it is weak beyond chance. */
export function saySlices(evaluation: ReportData['evaluation']): string {
  if (evaluation.slices.length === 0) return 'The test file has too few rows to look at parts of it.';
  const whole = wholeOf(evaluation).estimate;
  const weak = evaluation.slices.filter(({ figure: { low, high } }) =>
    evaluation.kind === 'values' ? low > whole : high < whole,
  );
  return weak.length === 0
    ? 'No part of the test file is clearly worse than the whole.'
    : `${counted(weak.length, 'part')} of the test file ${weak.length === 1 ? 'is' : 'are'} clearly worse than the whole. Of many parts a few look weak by chance; the line is where 95 of 100 such intervals hold.`;
}

/** How far numbers are off. */
export const sayDistances = ({ offBy }: ValueReport): string =>
  `Half of the answers are off by at most ${figure(offBy.half)}, nine of ten by at most ${figure(offBy.nineOfTen)}. On the line, answer and truth are the same.`;

/** Which labels a person should look at. */
export const saySuspects = ({ among, found }: SuspectReport): string =>
  found === 0
    ? `Of the ${counted(among, 'validation row')} none is one whose label the version speaks against.`
    : `The version speaks against the labels of ${found} of the ${counted(among, 'validation row')}, as surely as it usually is right. They stay as they are: it may be wrong, or the label is.`;

/** What a search came to. */
export const saySearch = ({ trials, seconds }: SearchReport): string =>
  trials.length < 2
    ? 'The budget was too small to try more than the recommended settings.'
    : `${counted(trials.length, 'setting')} in ${lasting(seconds * 1_000)}, judged by the loss on the validation rows: the better ones were trained for longer, and with the best the version was trained from the beginning.`;

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
