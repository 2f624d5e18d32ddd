/**
 * What a yes/no model makes of its rows: counts, or expected counts where the truth is only likely. A ratio of nothing
 * to nothing is 0, as scikit-learn has it.
 */
export type Confusion = Readonly<{ tp: number; fp: number; fn: number; tn: number }>;

const ratio = (of: number, among: number): number => (among === 0 ? 0 : of / among);

export const accuracyOf = ({ tp, fp, fn, tn }: Confusion): number => ratio(tp + tn, tp + fp + fn + tn);
export const precisionOf = ({ tp, fp }: Confusion): number => ratio(tp, tp + fp);
export const recallOf = ({ tp, fn }: Confusion): number => ratio(tp, tp + fn);
export const specificityOf = ({ tn, fp }: Confusion): number => ratio(tn, tn + fp);
export const f1Of = ({ tp, fp, fn }: Confusion): number => ratio(2 * tp, 2 * tp + fp + fn);

/** Matthews' correlation of answer and truth, −1 to 1: high only where all four counts are good. */
export const matthewsOf = ({ tp, fp, fn, tn }: Confusion): number =>
  ratio(tp * tn - fp * fn, Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)));

/** Counts of answers against the truth. */
export function confusionOf(
  answers: ArrayLike<number | boolean>,
  truth: ArrayLike<number | boolean>,
): Confusion {
  const counts = { tp: 0, fp: 0, fn: 0, tn: 0 };
  for (let i = 0; i < answers.length; i += 1)
    counts[answers[i] ? (truth[i] ? 'tp' : 'fp') : truth[i] ? 'fn' : 'tn'] += 1;
  return counts;
}
