/**
 * A model that writes, on prompts that it has not seen: how well it foresees the answers that it should give, token by
 * token, and how near its own answers come to them.
 *
 * Token loss is the mean over the tokens of the answers, in nats; perplexity is its exponential. An exact match is the
 * same text but for spaces; a fuzzy match is chrF.
 */
import { bootstrapFigures, bootstrapMean } from '../../statistics/bootstrap.ts';
import type { Estimate } from '../evaluate.ts';
import { sliceRows } from '../slice-rows.ts';
import type { SliceReport } from '../slice-rows.ts';
import { chrf } from '../../statistics/chrf.ts';
import type { TokenScore } from './token-scores.ts';

export type AnswerMetric = 'tokenLoss' | 'perplexity' | 'exactMatch' | 'fuzzyMatch';

/** What it was asked, what it should have said, and what it said. */
export type AnswerSample = Readonly<{ prompt: string; expected: string; given: string; fuzzyMatch: number }>;

export type AnswerReport = Readonly<{
  kind: 'answers';
  rows: number;
  /** Rows that were answered; writing takes long. Matches are of these. */
  answered: number;
  metrics: Readonly<Record<AnswerMetric, Estimate>>;
  /** What the base says of the same rows; null where it is not there any more. */
  baseline: Readonly<{ tokenLoss: number; perplexity: number }> | null;
  /** Some of the answers, the least alike first. */
  samples: readonly AnswerSample[];
  /** Fuzzy match in parts of the answered rows, the worst first. */
  slices: readonly SliceReport[];
}>;

export type AnswerTest = {
  scores: readonly TokenScore[];
  /** The base's; null where it is not there any more. */
  before: readonly TokenScore[] | null;
  /** Of the rows that were answered. */
  answers: readonly {
    prompt: string;
    expected: string;
    given: string;
    slices: Readonly<Record<string, string>>;
  }[];
  seed: number;
};

const RESAMPLES = 200;
const SAMPLES = 30;

/** @throws RangeError where there are no rows, or none was answered */
export function evaluateAnswers({ scores, before, answers, seed }: AnswerTest): AnswerReport {
  const rows = scores.length;
  if (rows === 0 || answers.length === 0) throw new RangeError(`${rows} rows, ${answers.length} answers`);
  const options = { seed, resamples: RESAMPLES };
  const [tokenLoss] = bootstrapFigures(rows, (weights) => [lossOf(scores, weights)], options).map(interval);
  const samples = answers
    .map(({ prompt, expected, given }) => ({ prompt, expected, given, fuzzyMatch: chrf(given, expected) }))
    .sort((a, b) => a.fuzzyMatch - b.fuzzyMatch);
  const fuzzy = answers.map(({ given, expected }) => chrf(given, expected));
  const exact = answers.map(({ given, expected }) => (isSame(given, expected) ? 1 : 0));
  const loss = tokenLoss!;
  const baseLoss =
    before &&
    lossOf(
      before,
      before.map(() => 1),
    );
  return {
    kind: 'answers',
    rows,
    answered: answers.length,
    metrics: {
      tokenLoss: loss,
      perplexity: { estimate: Math.exp(loss.estimate), low: Math.exp(loss.low), high: Math.exp(loss.high) },
      exactMatch: interval(bootstrapMean(exact, options)),
      fuzzyMatch: interval(bootstrapMean(fuzzy, options)),
    },
    baseline: baseLoss === null ? null : { tokenLoss: baseLoss, perplexity: Math.exp(baseLoss) },
    samples: evenly(samples, SAMPLES),
    slices: sliceRows(
      answers.length,
      (row) => answers[row]!.slices,
      (indices) =>
        interval(
          bootstrapMean(
            indices.map((i) => fuzzy[i]!),
            options,
          ),
        ),
    ).sort((a, b) => a.figure.high - b.figure.high),
  };
}

/** The same but for how much space is where. */
export const isSame = (a: string, b: string): boolean => spaced(a) === spaced(b);
const spaced = (text: string): string => text.trim().replaceAll(/\s+/g, ' ');

const interval = ({ estimate, low, high }: Estimate): Estimate => ({ estimate, low, high });

/** Of so many tokens, each row as often as its weight says. */
function lossOf(scores: readonly TokenScore[], weights: ArrayLike<number>): number {
  let [sum, tokens] = [0, 0];
  for (const [i, one] of scores.entries()) {
    sum += weights[i]! * one.loss;
    tokens += weights[i]! * one.tokens;
  }
  return sum / Math.max(1, tokens);
}

/** Some of them, from the first to the last. */
export const evenly = <T>(all: readonly T[], most: number): T[] =>
  all.length <= most
    ? [...all]
    : Array.from({ length: most }, (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))]!);
