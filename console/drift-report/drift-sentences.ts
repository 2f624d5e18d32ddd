import { missingBin, unknownBin } from '../../domain/reference-shares.ts';
import type { ExpectedStory } from '../../monitors/drift-story/expected-story.ts';
import type { DriftStory } from '../../monitors/drift-story/drift-story.ts';
import type { FeatureChange, FeatureStory } from '../../monitors/drift-story/feature-story.ts';
import { figure } from '../report/figure.ts';
import { count, counted, listed, percent } from '../wording.ts';
import type { DriftReportData } from './drift-report-data.ts';

/** What the drift report says in words, for a reader who has never heard of a population stability index. */

const ofHundred = (share: number): string => `${Math.round(share * 100)} of 100`;

/** A row, and its time where there is one. */
export const place = (row: number, at: string | null): string =>
  at === null ? `row ${count(row + 1)}` : `row ${count(row + 1)} (${at})`;

/** The answer. */
export function lede({ name, story: { worse, accuracy } }: DriftReportData): string {
  return worse === null
    ? `${name} has not become clearly worse: ${ofHundred(accuracy)} answers are right.`
    : `${name} has become worse: of 100 answers ${Math.round(worse.before * 100)} were right, and ${Math.round(worse.after * 100)} are since ${place(worse.row, worse.at)}.`;
}

/** What it rests on, and what moved. */
export function why({ answers, comparedWith, referenceRows, story }: DriftReportData): string {
  const reference =
    comparedWith === 'training'
      ? 'the rows that it was trained on'
      : `the first ${counted(referenceRows, 'row')}`;
  const moved = story.features.filter(({ since }) => since !== null).map(({ name }) => `\`${name}\``);
  const features =
    moved.length === 0
      ? `No feature has moved far from ${reference}.`
      : `${listed(moved.slice(0, 4))}${moved.length > 4 ? ` and ${moved.length - 4} more` : ''} moved away from ${reference}.`;
  if (comparedWith === 'beginning')
    return `${answers} The ${counted(story.rows, 'row')} after them are compared with ${reference}. ${features}`;
  return `${answers} It was trained on ${counted(referenceRows, 'row')}, and left alone for the ${counted(story.rows, 'row')} after them. ${features}`;
}

/** What a reader should think of both together. */
export function advice({ story: { worse, features } }: DriftReportData): string {
  const hasMoved = features.some(({ since }) => since !== null);
  if (worse === null)
    return hasMoved
      ? 'Inputs moved, and the answers are still good: watch it, and do not train for that alone.'
      : 'Nothing asks for a training.';
  return hasMoved
    ? 'The answers became worse, and inputs moved as well: train on rows from after the change, once it is clear that the data itself is sound.'
    : 'The answers became worse while the inputs look as before: what follows from the same inputs has changed, and only new labels can teach that.';
}

export const sayWindows = ({ windows, changes }: DriftStory): string =>
  `${counted(windows.length, 'stretch', 'stretches')} of ${counted(windows[0]!.to - windows[0]!.from, 'row')} each; the band is what chance allows (95 %). ` +
  (changes.length === 0
    ? 'ADWIN finds no place where the error rate has changed.'
    : `ADWIN finds ${counted(changes.length, 'place')} where the error rate has changed, up or down.`);

export const sayFeatures = (features: readonly FeatureStory[]): string => {
  const moved = features.filter(({ since }) => since !== null).length;
  return moved === 0
    ? 'None of them has moved beyond its bound for two stretches.'
    : `${count(moved)} of ${count(features.length)} moved beyond their bound for two stretches at least; those that moved most come first.`;
};

/** What changed in the stretch in which a feature was furthest away. */
export function sayChange(change: FeatureChange): string {
  if (change.kind === 'median') {
    const { before, after } = change;
    return before === null || after === null
      ? 'no numbers to compare'
      : `its middle value went from ${figure(before)} to ${figure(after)}`;
  }
  const { bin, before, after } = change;
  const moved = `went from ${percent(before)} to ${percent(after)}`;
  if (bin === missingBin) return `missing values ${moved}`;
  return bin === unknownBin ? `values that it does not know ${moved}` : `“${bin}” ${moved}`;
}

/** Would anybody have known without labels? By the method that sees most of a shift of the inputs, where it can say something. */
export function sayExpected({ rows, expected, cameTrue: { accuracy } }: ExpectedStory): string {
  const by = (method: string) =>
    expected.find((one) => one.method === method && one.metric === 'accuracy')?.range ?? null;
  const range = by('importance-weighted') ?? by('cbpe');
  const of = `The last ${counted(rows, 'row')}, by methods that see no labels.`;
  if (range === null) return `${of} They cannot say anything of them.`;
  return accuracy >= range.low && accuracy <= range.high
    ? `${of} What came true is within what was to be expected: no label was needed to see it.`
    : `${of} What came true is outside of what was to be expected: the same inputs mean something else than they did, or other rows came than any before, and only labels can tell.`;
}
