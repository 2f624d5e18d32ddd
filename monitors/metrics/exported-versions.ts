import type { ModelSnapshot } from './metrics-snapshot.ts';

/**
 * The versions whose counters can still move, most important first: the champion, challengers, and the champion
 * before (its labels may still come). Older ones are over: their counters stand still, and come back with a version
 * that is promoted again. A version that nobody registered but that answers production (a team's own server) is last.
 */
export function exportedVersions(
  { versions, standing, route }: Pick<ModelSnapshot, 'versions' | 'standing' | 'route'>,
  counted: Iterable<string>,
): string[] {
  const champion = standing?.champion ?? versions.find((v) => v.role === 'champion')?.version ?? null;
  const before = versions
    .filter((v) => v.role === 'retired' && v.promotedAt !== null && v.version !== champion)
    .toSorted((a, b) => (a.promotedAt! < b.promotedAt! ? 1 : -1))
    .at(0);
  const challengers = versions.filter((v) => v.role === 'challenger').toSorted((a, b) => b.number - a.number);
  const registered = new Set(versions.map((v) => v.version));
  const foreign = [...counted].filter((version) => !registered.has(version)).toSorted();
  const inOrder = [
    champion,
    route?.challenger?.version,
    ...challengers.map((v) => v.version),
    before?.version,
    ...foreign,
  ];
  return [...new Set(inOrder.filter((version) => version !== null && version !== undefined))];
}
