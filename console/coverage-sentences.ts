import { unknownBin } from '../domain/reference-shares.ts';
import type { LabelDelay } from '../domain/ports.ts';
import type { HappenedHistory, ScoreCoverage } from './model-view.ts';
import { counted, lasting, percent, rate } from './wording.ts';

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
    : `Answers get labels about as often whatever their score: ${span(percent(least.share), percent(most.share))} of them.`;
}

const span = (low: string, high: string): string => (low === high ? low : `${low} to ${high}`);

const hour = 3_600_000;
const AGES_MS = [1, 6, 24, 72, 168, 336, 720, Infinity].map((hours) => hours * hour);

/** Predictions of an age, and how many of them have a label by now. */
export type AgeCoverage = { words: string; predictions: number; labelled: number };

/** Out of steps of event time: a step belongs to the age that its middle has. Ages without predictions are left out. */
export function coverageByAge({ steps, stepMs, to }: HappenedHistory): AgeCoverage[] {
  // A step is not taken apart, so that no age is shorter than one.
  const ends = AGES_MS.filter((end) => end >= stepMs);
  return ends
    .map((end, i) => {
      const from = ends[i - 1] ?? 0;
      const among = steps.filter(({ at }) => {
        const age = Math.max(0, to - at - stepMs / 2);
        return age >= from && age < end;
      });
      const sum = (key: 'predictions' | 'labelled') => among.reduce((total, step) => total + step[key], 0);
      return { words: ageWords(from, end), predictions: sum('predictions'), labelled: sum('labelled') };
    })
    .filter(({ predictions }) => predictions > 0);
}

const ageWords = (from: number, end: number): string =>
  from === 0
    ? `less than ${lasting(end)}`
    : end === Infinity
      ? `more than ${lasting(from)}`
      : `${lasting(from)} to ${lasting(end)}`;

const within = (ms: number): string => (ms < 1_000 ? 'a second' : lasting(ms));

/** How long labels take; and what never gets one, as far as the oldest predictions say. */
export function sayDelay({ labels, medianMs, p90Ms }: LabelDelay, ages: readonly AgeCoverage[]): string {
  const [half, most] = [within(medianMs), within(p90Ms)];
  const took =
    half === most
      ? `nine in ten came within ${most} of their prediction`
      : `half came within ${half} of their prediction, nine in ten within ${most}`;
  const told = `Of the newest ${counted(labels, 'label')}, ${took}.`;
  const oldest = ages.at(-1);
  if (oldest === undefined || ages.length < 2) return told;
  const missing = 1 - oldest.labelled / oldest.predictions;
  return missing < 0.005
    ? `${told} In the end all predictions get one.`
    : `${told} ${percent(missing)} of the oldest predictions shown still have none.`;
}
