import { ratings } from '../../domain/rating.ts';
import type { CountedCells } from './counted-cells.ts';
import type { MetricSample, SampleGroup } from './sample.ts';

/** The counters of what people thought of the answers of a version: zero from the first scrape on. */
export const ratingGroup = (
  cells: CountedCells,
  ids: Readonly<{ namespace: string; model: string; version: string }>,
  partitions: readonly string[],
): SampleGroup =>
  ratings.flatMap((rating) =>
    cells.of('rating', rating, [''], partitions).map(({ partition, value }): MetricSample => ({
      metric: 'ratings',
      labels: { ...ids, rating, partition },
      value,
    })),
  );
