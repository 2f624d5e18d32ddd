import type { FeedbackMessage, PredictionMessage } from '../../domain/messages.ts';
import { labelOfAnswer } from './label-of.ts';

/**
 * What ingest is meant to do, written down plainly: all messages in memory, and for each question a loop over them.
 * No offsets, no batches, no order of arrival: none of that may change an answer.
 */
export type Said =
  | { stream: 'predictions'; message: PredictionMessage; offset: number }
  | { stream: 'feedback'; message: FeedbackMessage; offset: number };

export type Expected = {
  /** Effective label by prediction id; null where it was withdrawn. Ids without a word are not in it. */
  labels: Map<string, string | null>;
  /** Net outcomes: `model version label predicted` → rows. */
  outcomes: Map<string, number>;
  /** Predictions by `model version label`. */
  predicted: Map<string, number>;
  /** `asked`, and net `labelled`, by bin of the score of the answer. */
  scores: Map<string, number>;
  waiting: number;
};

export function expect(said: readonly Said[], labelOf: (raw: unknown) => string | undefined): Expected {
  const predictions = new Map<string, PredictionMessage>();
  const feedback = new Map<string, { message: FeedbackMessage; offset: number }>();
  // The first with an id counts; a partition delivers in the order of its offsets.
  for (const one of [...said].sort((a, b) => a.offset - b.offset)) {
    if (one.stream === 'predictions') {
      if (!predictions.has(one.message.predictionId)) predictions.set(one.message.predictionId, one.message);
    } else if (!feedback.has(one.message.feedbackId)) feedback.set(one.message.feedbackId, one);
  }
  const last = new Map<string, { at: number; offset: number; label: string | null }>();
  let waiting = 0;
  for (const { message, offset } of feedback.values()) {
    if (!predictions.has(message.predictionId)) waiting += 1;
    else if (message.kind !== 'rating') {
      const label = message.kind === 'retract' ? null : labelOf(message.value);
      if (label === undefined) continue;
      const at = Date.parse(message.at);
      const before = last.get(message.predictionId);
      if (before === undefined || at > before.at || (at === before.at && offset > before.offset)) {
        last.set(message.predictionId, { at, offset, label });
      }
    }
  }
  const outcomes = new Map<string, number>();
  const predicted = new Map<string, number>();
  const scores = new Map<string, number>();
  const add = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);
  for (const { predictionId, model, version, output } of predictions.values()) {
    const answered = labelOfAnswer(output)!;
    add(predicted, `${model} ${version} ${answered}`);
    const score = 'scores' in output ? output.scores[answered] : undefined;
    const bin = score === undefined ? 'unknown' : Math.min(0.9, Math.floor(score * 10) / 10).toFixed(1);
    add(scores, `asked ${bin}`);
    const label = last.get(predictionId)?.label;
    if (typeof label !== 'string') continue;
    add(outcomes, `${model} ${version} ${label} ${answered}`);
    add(scores, `labelled ${bin}`);
  }
  return { labels: new Map([...last].map(([id, l]) => [id, l.label])), outcomes, predicted, scores, waiting };
}
