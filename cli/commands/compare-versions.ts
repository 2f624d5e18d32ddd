import type { VersionComparison } from '../../console/versions/compare-versions.ts';
import {
  comparisonLede,
  sayComparedMetric,
  sayDifference,
  sayFlip,
  sayMaking,
} from '../../console/versions/say-comparison.ts';
import type { Answer } from '../output.ts';
import { table } from '../output.ts';
import { withDriftloop } from '../wiring.ts';

/** Two versions beside each other, in the words of the page. */
export const compare = (model: string, names: readonly [string, string]): Promise<Answer> =>
  withDriftloop(async ({ version }) => {
    const comparison = await version.compare(model, ...names);
    return {
      json: comparison,
      text: printComparison(comparison),
      next:
        comparison.direct === null
          ? `driftloop version list ${model}`
          : `driftloop run show ${comparison.direct.runId}`,
    };
  });

/** What `version compare` prints. */
export function printComparison(comparison: VersionComparison): string {
  const { a, b, direct, config } = comparison;
  const { answer, why } = comparisonLede(comparison);
  const [first, second] = [a.version.version, b.version.version];
  const lines = [answer, why, `${first}: ${sayMaking(a)}`, `${second}: ${sayMaking(b)}`];
  if (direct !== null && direct.metrics.length > 0)
    lines.push(table([['METRIC', first, second, 'DIFFERENCE'], ...direct.metrics.map(sayComparedMetric)]));
  const flips = direct?.flips?.examples ?? [];
  if (flips.length > 0)
    lines.push(
      table([
        ['LABEL', first, second, 'RIGHT'],
        ...flips.map((flip) => {
          const { label, a: ofA, b: ofB } = sayFlip(flip, comparison);
          return [label, ofA, ofB, flip.isRightIn === 'a' ? first : second];
        }),
      ]),
    );
  return [...lines, ...(config ?? []).map(sayDifference)].join('\n');
}
