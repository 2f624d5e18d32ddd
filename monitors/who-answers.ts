/**
 * Which version answers production, where a team serves it itself? Said by the newest predictions: a version answers
 * once it has at least `share` of them, so that a rollout of the team's own, with both versions in it, changes nothing
 * until it is nearly over, and does not flap.
 *
 * Counters are looked at from time to time; the newest predictions are those since the latest look that lies at least
 * `rows` predictions back.
 */

/** How many predictions each version has answered. */
export type VersionCounts = Readonly<Record<string, number>>;

export type Answering = Readonly<{
  /** Looks at the counters, oldest first: no more of them than are still needed. */
  looks: readonly VersionCounts[];
  /** Of the newest predictions; null while fewer than `rows` have come since the first look. */
  newest: VersionCounts | null;
}>;

export const nothingSeen: Answering = { looks: [], newest: null };

/** @param rows fewer predictions than this say nothing */
export function observeCounts({ looks }: Answering, now: VersionCounts, rows: number): Answering {
  const total = sum(now);
  // A counter that fell belongs to another database: begin again.
  const before = looks.some((look) => sum(look) > total) ? [] : looks;
  const from = before.findLastIndex((look) => total - sum(look) >= rows);
  const kept = [...before.slice(Math.max(0, from)), now].filter(
    (look, i, all) => i === 0 || sum(look) > sum(all[i - 1]!),
  );
  return { looks: kept, newest: from === -1 ? null : since(before[from]!, now) };
}

/** The version, or null where nobody has nearly all of them. */
export function whoAnswers({ newest }: Answering, share = 0.8): string | null {
  if (newest === null) return null;
  const least = share * sum(newest);
  return Object.entries(newest).find(([, n]) => n >= least)?.[0] ?? null;
}

/** `v1 answered 48 of the newest 50 predictions, v2 2`. */
export function sayAnswers({ newest }: Answering): string {
  if (newest === null) return 'too few predictions have come to say who answers';
  const [[first, most], ...others] = Object.entries(newest).toSorted(
    ([a, n], [b, m]) => m - n || (a < b ? -1 : 1),
  ) as [[string, number], ...[string, number][]];
  const rest = others.map(([version, n]) => `, ${version} ${n}`).join('');
  return `${first} answered ${most} of the newest ${sum(newest)} predictions${rest}`;
}

const sum = (counts: VersionCounts): number => Object.values(counts).reduce((a, n) => a + n, 0);

const since = (before: VersionCounts, now: VersionCounts): VersionCounts =>
  Object.fromEntries(
    Object.entries(now)
      .map(([version, n]): [string, number] => [version, n - (before[version] ?? 0)])
      .filter(([, n]) => n > 0),
  );
