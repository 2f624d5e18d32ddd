/**
 * Of each row the one of its labels that the fewest rows have; '' where it has none. Who draws from each of these draws
 * rare labels too, however labels come together.
 */
export function rarestLabel(
  rows: readonly { labels: readonly string[] }[],
): (row: { labels: readonly string[] }) => string {
  const counts = new Map<string, number>();
  for (const { labels } of rows) for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const count = (label: string) => counts.get(label) ?? 0;
  return ({ labels: [first = '', ...others] }) =>
    others.reduce((rarest, label) => (count(label) < count(rarest) ? label : rarest), first);
}
