import type { AnswerReport } from '../../training/text-generation/evaluate-answers.ts';
import type { PreferenceReport } from '../../training/text-generation/evaluate-preferences.ts';
import { count, counted, percent } from '../wording.ts';
import { figure } from './figure.ts';

/** What the report says of a model that writes. */

type Writing = AnswerReport | PreferenceReport;

export const ledeOfWriting = (name: string, evaluation: Writing): string =>
  evaluation.kind === 'answers'
    ? `${name} hesitates between ${figure(evaluation.metrics.perplexity.estimate)} words or parts of words at each step of an answer that it has never seen.`
    : `Of ${count(100)} pairs of answers that it has never seen, ${name} prefers as people do in ${Math.round(100 * evaluation.metrics.preferenceAccuracy.estimate)}.`;

export function whyOfWriting(evaluation: Writing): string {
  if (evaluation.kind === 'preferences') {
    const { low, high } = evaluation.metrics.preferenceAccuracy;
    return `${percent(low)} and ${percent(high)} of them (95 % sure). The base found the chosen answer likelier in ${percent(evaluation.baseline.likelier)} of the pairs.`;
  }
  const { perplexity } = evaluation.metrics;
  const { baseline } = evaluation;
  const before =
    baseline === null
      ? 'What its base says of them was not measured: it is not there any more.'
      : `Its base hesitates between ${figure(baseline.perplexity)}${baseline.perplexity > perplexity.high ? '' : ', so these rows do not show that the training helped'}.`;
  return `${figure(perplexity.low)} and ${figure(perplexity.high)} (95 % sure). ${before}`;
}

export const saySamples = (evaluation: Writing): string =>
  evaluation.kind === 'answers'
    ? `${counted(evaluation.samples.length, 'answer')} of the ${count(evaluation.answered)} that were written for the test file, from the least to the most like what was expected.`
    : `${counted(evaluation.samples.length, 'pair')} of the test file, from the one that it sees most differently from people to the one that it agrees with most.`;
