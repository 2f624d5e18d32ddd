/** An example whose label its own features speak against. A person decides; nothing is dropped. */
export type SuspectLabel = Readonly<{
  index: number;
  given: string;
  suggested: string;
  /** How much surer a model is of the suggested label than of the given one, 0 to 1. */
  margin: number;
}>;

/**
 * Confident learning: a model that has not seen an example is as sure of another label for it as it usually is where
 * that label is right. Surest first.
 *
 * Source: C. Northcutt et al., "Confident learning: estimating uncertainty in dataset labels" (2021).
 *
 * @param scores of each example a share for each label, from a model that was not trained on it (cross-validation)
 * @param labels what each example is said to be, as indices into `names`
 */
export function suspectLabels(
  scores: readonly (readonly number[])[],
  labels: readonly number[],
  names: readonly string[],
): SuspectLabel[] {
  const usual = usualConfidence(scores, labels, names.length);
  const suspects = labels.flatMap((label, index): SuspectLabel[] => {
    const given = scores[index]!;
    const likely = [...names.keys()].filter((c) => given[c]! >= usual[c]!);
    const best = likely.reduce((a, c) => (a === -1 || given[c]! > given[a]! ? c : a), -1);
    if (best === -1 || best === label) return [];
    return [{ index, given: names[label]!, suggested: names[best]!, margin: given[best]! - given[label]! }];
  });
  return suspects.filter(({ margin }) => margin > 0).sort((a, b) => b.margin - a.margin || a.index - b.index);
}

/** The mean share of each label over the examples that have it; a label that none has is never likely. */
function usualConfidence(
  scores: readonly (readonly number[])[],
  labels: readonly number[],
  classes: number,
): number[] {
  const sums = new Float64Array(classes);
  const counts = new Float64Array(classes);
  for (const [i, label] of labels.entries()) {
    sums[label]! += scores[i]![label]!;
    counts[label]! += 1;
  }
  return Array.from(sums, (sum, c) => (counts[c] === 0 ? Infinity : sum / counts[c]!));
}
