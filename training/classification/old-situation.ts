import { labelsOfBaseFolder } from '../models/labels-of-base-folder.ts';
import type { ProblemType } from '../models/problem-type.ts';
import type { OldSituation } from './recommend-keep.ts';

/**
 * What there is of what a base knew, for whoever recommends settings.
 *
 * @param base its folder; `labels`: of the new rows; `old`: how many rows of the time before there are
 */
export async function oldSituation(
  base: string,
  { labels, problem }: { labels: readonly string[]; problem: ProblemType },
  old: Pick<OldSituation, 'rows' | 'golden'>,
): Promise<OldSituation> {
  const known = new Set((await labelsOfBaseFolder(base, problem)).labels);
  return { ...old, goesOn: labels.some((label) => known.has(label)) };
}
