import type { FeedbackMessage, PredictionMessage } from '../../domain/messages.ts';
import type { MessageLog } from '../../domain/ports.ts';

/** A log in memory. Set `problem` and it refuses, as brokers that are away do. */
export function fakeMessageLog({ delayMs = 0 }: { delayMs?: number } = {}) {
  const predictions: PredictionMessage[] = [];
  const feedback: FeedbackMessage[] = [];
  const state: { problem: Error | null; publications: number } = { problem: null, publications: 0 };
  const take = async <M>(into: M[], messages: readonly M[]) => {
    state.publications += 1;
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (state.problem !== null) throw state.problem;
    into.push(...messages);
  };
  const log: MessageLog = {
    publishPredictions: (messages) => take(predictions, messages),
    publishFeedback: (messages) => take(feedback, messages),
  };
  return { log, predictions, feedback, state };
}
