import type { Catalogue, HappenedCount } from '../../domain/ingest-ports.ts';
import { bucketAt, bucketsOf, type Happened } from '../as-happened.ts';

type Bucket = { -readonly [K in keyof HappenedCount]: HappenedCount[K] };

/** Counts of one batch by when its predictions were made, to be added to the buckets of one Kafka partition. */
export function startBuckets(partition: string, nowMs: number) {
  const buckets = new Map<string, Bucket>();
  const widths = new Map<string, ReturnType<typeof bucketsOf>>();
  const widthOf = (model: string, { models }: Catalogue) => {
    let width = widths.get(model);
    if (width === undefined) widths.set(model, (width = bucketsOf(models[model]?.config ?? { watch: [] })));
    return width;
  };
  return {
    add(
      { model, version, atMs }: { model: string; version: string; atMs: number },
      catalogue: Catalogue,
      { predictions = 0, labelled = 0, correct = 0 }: Partial<Happened>,
    ): void {
      const startsAtMs = bucketAt(atMs, nowMs, widthOf(model, catalogue));
      if (startsAtMs === null) return;
      // Names cannot hold NUL: it was refused when the message was read.
      const key = `${model}\0${version}\0${startsAtMs}`;
      const bucket = buckets.get(key);
      if (bucket === undefined) {
        buckets.set(key, { model, version, partition, startsAtMs, predictions, labelled, correct });
        return;
      }
      bucket.predictions += predictions;
      bucket.labelled += labelled;
      bucket.correct += correct;
    },
    counts: (): HappenedCount[] => [...buckets.values()],
  };
}
