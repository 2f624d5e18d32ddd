/** The share of each label among rows. */
export function labelShares(rows: readonly { label: string }[]): Record<string, number> {
  const shares: Record<string, number> = {};
  for (const { label } of rows) shares[label] = (shares[label] ?? 0) + 1 / rows.length;
  return shares;
}
