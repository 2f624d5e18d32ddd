/** Weight n / (k · nᵧ) of a label y, so that every label that is there weighs the same in all. */
export function balancedWeights(labels: Int32Array | Float32Array, classes: number): number[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (const label of labels) counts[label]! += 1;
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count === 0 ? 0 : labels.length / (present * count)));
}
