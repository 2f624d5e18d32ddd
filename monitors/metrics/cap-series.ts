import type { MetricSample, SampleGroup } from './sample.ts';

/**
 * Keeps whole groups, in their order, while they fit; says how many series were left out. A group that is too large
 * is passed over, so that one feature with a thousand words does not hide the others.
 */
export function capSeries(
  groups: readonly SampleGroup[],
  most: number,
): { samples: MetricSample[]; capped: number } {
  const samples: MetricSample[] = [];
  let capped = 0;
  for (const group of groups) {
    if (samples.length + group.length <= most) samples.push(...group);
    else capped += group.length;
  }
  return { samples, capped };
}
