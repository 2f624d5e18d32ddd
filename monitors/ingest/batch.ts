import type {
  Catalogue,
  DeadLetter,
  IngestStore,
  RawRecord,
  RejectedFeedback,
  TopicPartition,
} from '../../domain/ingest-ports.ts';
import { sayAnswers } from '../../domain/answer-text.ts';
import type { Refusal } from './read-json.ts';
import type { RecentInputs } from './recent-inputs.ts';
import type { Tally } from './tally.ts';

export type Stream = 'predictions' | 'feedback';

/** A batch on its way: what it has to be read with, and where what it does is noted. */
export type Batch = {
  at: TopicPartition;
  catalogue: Catalogue;
  nowMs: number;
  tally: Tally;
  letters: DeadLetter[];
};

/** Notes that a record has no effect. */
export function bury(batch: Batch, record: RawRecord, refusal: Refusal, model: string | null): void {
  const { topic, partition } = batch.at;
  const { offset, key, value: payload } = record;
  batch.letters.push({ ...refusal, model, topic, partition, offset, key, payload });
  batch.tally.event('dead_lettered', model);
}

/** The same for feedback whose value turned out to be no label when it met its prediction. */
export function buryRejected(
  batch: Batch,
  topic: string,
  { model, offset, feedback }: RejectedFeedback,
): void {
  const encode = (text: string) => new TextEncoder().encode(text);
  const task = batch.catalogue.models[model]?.config.task;
  const wanted = task === undefined ? 'an answer' : sayAnswers(task);
  const hasCodes = task !== undefined && 'labels' in task;
  batch.letters.push({
    code: 'DL_UNKNOWN_LABEL',
    reason: `value ${JSON.stringify(feedback.value)} is not ${wanted}, which feedback to model "${model}" has to be${hasCodes ? ', or a code for one' : ''}`,
    model,
    topic,
    partition: batch.at.partition,
    offset,
    key: encode(feedback.predictionId),
    payload: encode(JSON.stringify(feedback)),
  });
  batch.tally.event('dead_lettered', model);
}

export type IngestOptions = {
  store: IngestStore;
  catalogue: Catalogue;
  nowMs: number;
  /** The feedback topic: what waited and is refused when its prediction comes had come from there. */
  feedbackTopic: string;
  /** Of this process; without it inputs that come again are not counted. */
  recentInputs?: RecentInputs;
};
