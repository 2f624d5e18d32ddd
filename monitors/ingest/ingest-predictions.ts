import type { PredictionRow, RawRecord, TopicPartition } from '../../domain/ingest-ports.ts';
import { bury, buryRejected, type Batch, type IngestOptions } from './batch.ts';
import { readPrediction } from './read-message.ts';
import { toldApart } from './told-apart.ts';

/** A batch of predictions; see ingestBatch. */
export async function ingestPredictions(
  { store, catalogue, nowMs, feedbackTopic, recentInputs }: IngestOptions,
  at: TopicPartition,
  records: readonly RawRecord[],
  start: () => Batch,
): Promise<bigint> {
  const read = records.map((record) => ({ record, ...readPrediction(record, { catalogue, nowMs }) }));
  await store.makeRoom(read.flatMap((r) => (r.ok ? [r.value.predictionId] : [])));
  const apart = toldApart(catalogue);
  const inputOf = (model: string) => catalogue.models[model]!.config.input;
  let remember = () => {};
  const end = await store.transact(at, async (transaction) => {
    const batch = start();
    const { tally, letters } = batch;
    const rows = new Map<string, PredictionRow>();
    let next = transaction.next ?? 0n;
    for (const one of read) {
      if (one.record.offset < next) continue;
      next = one.record.offset + 1n;
      tally.event('predictions', one.model);
      if (!one.ok) bury(batch, one.record, one.refusal, one.model);
      else if (rows.has(one.value.predictionId)) tally.event('duplicates', one.model);
      else rows.set(one.value.predictionId, one.value);
    }
    const { duplicates, joined, changes, ratings, rejected } = await transaction.storePredictions(
      [...rows.values()],
      apart,
    );
    for (const id of duplicates) {
      tally.event('duplicates', rows.get(id)!.model);
      rows.delete(id);
    }
    for (const row of rows.values()) {
      tally.event('stored', row.model);
      tally.prediction(row, catalogue);
    }
    const looked = recentInputs?.look([...rows.values()], inputOf);
    for (const row of looked?.repeated ?? []) tally.repeated(row);
    if (looked !== undefined) ({ remember } = looked);
    for (const [model, n] of Object.entries(joined)) tally.event('stored', model, n);
    for (const change of changes) tally.change(change, catalogue);
    for (const rated of ratings) tally.rating(rated);
    for (const feedback of rejected) buryRejected(batch, feedbackTopic, feedback);
    await transaction.deadLetter(letters);
    await transaction.count(tally.totals());
    await transaction.countHappened(tally.happened());
    await transaction.advance(next);
    return next;
  });
  remember();
  return end;
}
