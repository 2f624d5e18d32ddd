import { DriftloopError } from '../../domain/errors.ts';
import type { RawRecord, TopicPartition } from '../../domain/ingest-ports.ts';
import { bury, type Batch, type IngestOptions, type Stream } from './batch.ts';
import { ingestFeedback } from './ingest-feedback.ts';
import { ingestPredictions } from './ingest-predictions.ts';
import { startTally } from './tally.ts';

/**
 * Takes a batch of one topic partition, in the order of its offsets: each record takes effect exactly once, however
 * often and in whatever pieces it is delivered. Everything happens in one transaction, behind the row lock of the
 * partition's offset; records below that offset have had their effect.
 *
 * A value that the database refuses would stop the partition for ever: the batch is then halved until it stands
 * alone, and becomes a dead letter (DL_CANNOT_STORE).
 *
 * @returns the first offset that has not taken effect
 */
export async function ingestBatch(
  options: IngestOptions,
  stream: Stream,
  at: TopicPartition,
  records: readonly RawRecord[],
): Promise<bigint | null> {
  if (records.length === 0) return await options.store.next(at);
  try {
    const ingest = stream === 'predictions' ? ingestPredictions : ingestFeedback;
    return await ingest(options, at, records, () => startBatch(options, stream, at));
  } catch (error) {
    if (!(error instanceof DriftloopError) || error.code !== 'DL_CANNOT_STORE') throw error;
    if (records.length === 1) return await buryAlone(options, stream, at, records[0]!, error);
    const middle = records.length >> 1;
    await ingestBatch(options, stream, at, records.slice(0, middle));
    return await ingestBatch(options, stream, at, records.slice(middle));
  }
}

const startBatch = ({ catalogue, nowMs }: IngestOptions, stream: Stream, at: TopicPartition): Batch => ({
  at,
  catalogue,
  nowMs,
  tally: startTally(`${stream}-${at.partition}`, nowMs),
  letters: [],
});

const buryAlone = (
  options: IngestOptions,
  stream: Stream,
  at: TopicPartition,
  record: RawRecord,
  { code, message }: DriftloopError,
): Promise<bigint> =>
  options.store.transact(at, async (transaction) => {
    if (transaction.next !== null && record.offset < transaction.next) return transaction.next;
    const batch = startBatch(options, stream, at);
    batch.tally.event(stream, null);
    bury(batch, record, { code, reason: message }, null);
    await transaction.deadLetter(batch.letters);
    await transaction.count(batch.tally.totals());
    await transaction.advance(record.offset + 1n);
    return record.offset + 1n;
  });
