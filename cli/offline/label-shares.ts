/** The share of rows that have each label. */
export function labelShares(rows: readonly { labels: readonly string[] }[]): Record<string, number> {
  const shares: Record<string, number> = {};
  for (const { labels } of rows)
    for (const label of labels) shares[label] = (shares[label] ?? 0) + 1 / rows.length;
  return shares;
}
