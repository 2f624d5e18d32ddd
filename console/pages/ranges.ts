/** Stretches of time that a chart can show. */
export const ranges = [
  { key: '15m', ms: 900_000, short: '15 min', words: '15 minutes' },
  { key: '24h', ms: 86_400_000, short: '24 h', words: '24 hours' },
  { key: '14d', ms: 14 * 86_400_000, short: '14 d', words: '14 days' },
  { key: '90d', ms: 90 * 86_400_000, short: '90 d', words: '90 days' },
] as const;
export type Range = (typeof ranges)[number];

/** The one asked for; else the shortest that holds the model's life so far, 14 days at most. */
export function chooseRange(asked: string | undefined, bornAt: string | undefined, now: number): Range {
  const chosen = ranges.find(({ key }) => key === asked);
  if (chosen !== undefined) return chosen;
  const age = bornAt === undefined ? 0 : now - Date.parse(bornAt);
  return ranges.slice(0, 3).find(({ ms }) => age <= ms) ?? ranges[2];
}

/** Where a chart begins: not long before the model's life, so that a young model fills its chart. */
export function beginOf({ ms }: Range, bornAt: string | undefined, now: number): number {
  const age = bornAt === undefined ? ms : now - Date.parse(bornAt);
  return now - Math.max(60_000, Math.min(ms, age * 1.05));
}
