/** An example whose label its own features speak against. A person decides; nothing is dropped. */
export type SuspectLabel<Label = string> = Readonly<{
  index: number;
  given: Label;
  suggested: Label;
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

/**
 * The same where an example may have any number of labels: each label is a yes or a no by itself. Suggested are the labels
 * with all of an example's that are spoken against turned round.
 *
 * @param scores of each example how likely each label is, from a model that was not trained on it
 * @param given indices of the labels that each is said to have
 */
export function suspectLabelSets(
  scores: readonly (readonly number[])[],
  given: readonly (readonly number[])[],
  names: readonly string[],
): SuspectLabel<string[]>[] {
  const against = new Map<number, { turned: Set<number>; margin: number }>();
  for (const label of names.keys()) {
    const found = suspectLabels(
      scores.map((own) => [1 - own[label]!, own[label]!]),
      given.map((own) => (own.includes(label) ? 1 : 0)),
      ['no', 'yes'],
    );
    for (const { index, margin } of found) {
      const seen = against.get(index) ?? { turned: new Set(), margin: 0 };
      seen.turned.add(label);
      against.set(index, { ...seen, margin: Math.max(seen.margin, margin) });
    }
  }
  return [...against]
    .map(([index, { turned, margin }]) => {
      const has = (label: number) => given[index]!.includes(label);
      return {
        index,
        given: names.filter((_, label) => has(label)),
        suggested: names.filter((_, label) => has(label) !== turned.has(label)),
        margin,
      };
    })
    .sort((a, b) => b.margin - a.margin || a.index - b.index);
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
