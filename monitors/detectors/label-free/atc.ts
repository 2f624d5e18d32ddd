/**
 * ATC, average thresholded confidence: what is the accuracy now, from how sure the model is?
 *
 * On the reference, whose truth is known, find the confidence t above which there are as many wrong rows as there are
 * right ones at or below it; the accuracy now is the share of rows that are at least as sure as t. Confidence is that of
 * the likeliest class, or the negative entropy of all of them.
 *
 * Needs no calibration, since t makes up for it, but one that stays: a model that is as sure as ever and wrong (concept
 * drift) is not seen. The band is chance alone, of the reference and of the rows now.
 *
 * Source: S. Garg et al., "Leveraging unlabeled data to predict out-of-distribution performance", ICLR 2022.
 */
import { about } from './estimator.ts';
import { banded, checkRows, confidenceOf, meanOf, sourceOf, varianceOfMean } from './confidence.ts';
import type { Confidence, Estimated, Probabilities } from './confidence.ts';

export const atcAbout = about({
  name: 'atc',
  answers: 'What is the accuracy now, from how sure the model is?',
  needs: 'probabilities and labels of a reference; probabilities of now',
  check: 'the accuracy of the reference beside the share of its rows that are as sure as the threshold',
  band: '95 of a hundred, of chance in the reference and in the rows now',
  notTrusted:
    'where the model has become wrong and stayed as sure (concept drift), and where it is surer on new kinds of rows than it should be',
  source: 'S. Garg et al., "Leveraging unlabeled data to predict out-of-distribution performance", ICLR 2022',
});

export type Atc = Readonly<{ confidence: Confidence; threshold: number; accuracy: number; variance: number }>;

export function fitAtc(
  reference: { probabilities: Probabilities; truth: readonly number[] },
  confidence: Confidence = 'max',
): Atc {
  const { confidences, right } = sourceOf('atc', reference, confidence);
  return {
    confidence,
    threshold: sureFrom(confidences, right),
    accuracy: meanOf(right),
    variance: varianceOfMean(right),
  };
}

/** The confidence above which there are as many wrong rows as there are right ones at or below it. */
export function sureFrom(confidences: readonly number[], right: readonly number[]): number {
  const order = confidences.map((_, i) => i).sort((a, b) => confidences[a]! - confidences[b]!);
  let [wrongAbove, rightBelow] = [right.filter((isRight) => !isRight).length, 0];
  let [least, threshold] = [wrongAbove, 0];
  for (const i of order) {
    if (right[i]) rightBelow += 1;
    else wrongAbove -= 1;
    if (Math.abs(wrongAbove - rightBelow) >= least) continue;
    least = Math.abs(wrongAbove - rightBelow);
    threshold = confidences[i]!;
  }
  return threshold;
}

export function estimateAtc({ confidence, threshold, variance }: Atc, rows: Probabilities): Estimated {
  checkRows('atc', rows);
  const sure = rows.map((row) => (confidenceOf[confidence](row) >= threshold ? 1 : 0));
  return banded(meanOf(sure), varianceOfMean(sure), variance);
}
