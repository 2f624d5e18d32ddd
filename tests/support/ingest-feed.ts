import { v7 as uuidv7 } from 'uuid';
import type { RawRecord } from '../../domain/ingest-ports.ts';
import { topics, type FeedbackMessage, type PredictionMessage } from '../../domain/messages.ts';
import { ingestBatch } from '../../monitors/ingest/ingest-batch.ts';
import type { Stream } from '../../monitors/ingest/batch.ts';
import { createRecentInputs } from '../../monitors/ingest/recent-inputs.ts';
import type { TestDatabase } from './test-database.ts';

export const feedNow = Date.parse('2026-03-02T12:00:00Z');

export type FedPrediction = Partial<Omit<PredictionMessage, 'predictionId'>> & { label?: string };

/** A prediction that is right for model `m`, but for what is given. */
export const prediction = ({ label = 'A', ...more }: FedPrediction = {}): PredictionMessage => ({
  predictionId: uuidv7({ msecs: feedNow }),
  model: 'm',
  version: 'v1',
  input: { x: 1 },
  output: { label, scores: { A: 0.5, B: 0.5 } },
  at: new Date(feedNow).toISOString(),
  ...more,
});

let feedbackNumber = 0;
/** Feedback of one minute after `feedNow`, but for what is given. */
export const feedbackOn = (
  { predictionId }: { predictionId: string },
  value: unknown,
  more: Partial<FeedbackMessage> = {},
): FeedbackMessage => ({
  feedbackId: `f-${(feedbackNumber += 1)}`,
  predictionId,
  kind: 'label',
  value,
  at: new Date(feedNow + 60_000).toISOString(),
  source: 'test',
  ...more,
});

/** Writes messages to topics of one partition that exist only here, and ingests them at once. */
export function startFeed(db: TestDatabase, recentInputs = createRecentInputs()) {
  const next = { predictions: 0n, feedback: 0n };
  const names = topics(db.namespace);
  const options = async () => ({
    store: db.stores.ingest,
    catalogue: await db.stores.ingest.catalogue(),
    nowMs: feedNow,
    feedbackTopic: names.feedback,
    recentInputs,
  });
  const at = (stream: Stream) => ({ clusterId: 'test', topic: names[stream], partition: 0 });
  const toRecords = (stream: Stream, values: readonly (Uint8Array | null)[]): RawRecord[] =>
    values.map((value) => ({ offset: next[stream]++, key: null, value }));
  const raw = async (stream: Stream, values: readonly (Uint8Array | null)[]) =>
    ingestBatch(await options(), stream, at(stream), toRecords(stream, values));
  const encode = (messages: readonly unknown[]) =>
    messages.map((m) => new TextEncoder().encode(JSON.stringify(m)));
  return {
    at,
    options,
    raw,
    predictions: (...messages: PredictionMessage[]) => raw('predictions', encode(messages)),
    feedback: (...messages: FeedbackMessage[]) => raw('feedback', encode(messages)),
    /** Predictions with their labels, known in this order. */
    async labelled(rows: readonly (FedPrediction & { truth: string; source?: string })[]) {
      const made = rows.map(({ truth, source = 'test', ...more }) => ({
        truth,
        source,
        message: prediction(more),
      }));
      await raw('predictions', encode(made.map((m) => m.message)));
      await raw(
        'feedback',
        encode(made.map(({ message, truth, source }) => feedbackOn(message, truth, { source }))),
      );
      return made.map((m) => m.message.predictionId);
    },
  };
}
