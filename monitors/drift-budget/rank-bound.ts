/**
 * The bound that the next block's evidence passes with a probability that is asked for, whatever its distribution:
 * where n blocks before it and itself come in any order equally often, it is among the j highest of all n + 1 with
 * probability j / (n + 1), exactly. So the bound is the j-th highest of the newest n, with j / (n + 1) = p.
 *
 * These ranks are independent from block to block (Rényi), so on one long stream the alarms of many months scatter
 * no more than independent ones would, although the bound is learnt from the same stream.
 *
 * Sources: A. Rényi, "Théorie des éléments saillants d'une suite d'observations" (1962); V. Vovk et al., "Algorithmic
 * learning in a random world" (2005).
 *
 * @param evidence of earlier blocks, the newest last
 * @returns null where there are fewer than 1/p − 1 of them: no bound keeps so small a probability then
 */
export function rankBound(evidence: readonly number[], p: number): number | null {
  const rank = Math.floor((evidence.length + 1) * p + 1e-9);
  if (rank === 0) return null;
  const newest = Math.min(evidence.length, Math.max(rank, Math.round(rank / p) - 1));
  const highest = evidence.slice(evidence.length - newest).sort((a, b) => b - a);
  return highest[rank - 1]!;
}
