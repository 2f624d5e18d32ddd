import type { FeedbackRow, RawRecord, TopicPartition } from '../../domain/ingest-ports.ts';
import { bury, buryRejected, type Batch, type IngestOptions } from './batch.ts';
import { readFeedback } from './read-message.ts';
import { toldApart } from './told-apart.ts';

/** A batch of feedback; see ingestBatch. */
export async function ingestFeedback(
  { store, catalogue, nowMs }: IngestOptions,
  at: TopicPartition,
  records: readonly RawRecord[],
  start: () => Batch,
): Promise<bigint> {
  const read = records.map((record) => ({ record, ...readFeedback(record, { catalogue, nowMs }) }));
  await store.makeRoom(read.flatMap((r) => (r.ok ? [r.value.predictionId] : [])));
  const apart = toldApart(catalogue);
  return await store.transact(at, async (transaction) => {
    const batch = start();
    const { tally, letters } = batch;
    const rows: FeedbackRow[] = [];
    const records = new Map<bigint, RawRecord>();
    let next = transaction.next ?? 0n;
    for (const one of read) {
      const { record } = one;
      if (record.offset < next) continue;
      next = record.offset + 1n;
      if (one.ok) {
        rows.push(one.value);
        records.set(record.offset, record);
      } else {
        tally.event('feedback', null);
        bury(batch, record, one.refusal, null);
      }
    }
    const { stored, duplicates, changes, ratings, rejected } = await transaction.storeFeedback(rows, apart);
    for (const [model, n] of Object.entries(stored)) {
      tally.event('feedback', model, n);
      // What waits for its prediction counts as stored when it is joined: it may become a dead letter instead.
      if (model !== '') tally.event('stored', model, n);
    }
    for (const [model, n] of Object.entries(duplicates)) {
      tally.event('feedback', model, n);
      tally.event('duplicates', model, n);
    }
    for (const feedback of rejected) {
      tally.event('feedback', feedback.model);
      buryRejected(batch, at.topic, feedback);
    }
    // What came is at hand: the dead letter keeps it to the byte.
    const asItCame = letters.map((letter) => {
      const record = records.get(letter.offset);
      return record === undefined ? letter : { ...letter, key: record.key, payload: record.value };
    });
    for (const change of changes) tally.change(change, catalogue);
    for (const rated of ratings) tally.rating(rated);
    await transaction.deadLetter(asItCame);
    await transaction.count(tally.totals());
    await transaction.countHappened(tally.happened());
    await transaction.advance(next);
    return next;
  });
}
