import { DriftloopError } from '../domain/errors.ts';
import { withTimeout } from './with-timeout.ts';

type Waiting<M> = { messages: readonly M[]; resolve: () => void; reject: (error: unknown) => void };

export type PublisherLimits = {
  /** Messages of one publication at most. */
  maxBatch?: number;
  /** Messages waiting at most; beyond it a request is turned away at once instead of queueing without end. */
  maxWaiting?: number;
  /** How long brokers may take to acknowledge. */
  ackTimeoutMs?: number;
};

/** The log did not take the messages: nothing was promised to the caller, who may try again. */
export class LogUnreachable extends DriftloopError {
  readonly retryAfterSeconds = 1;
  constructor(what: string, cause: unknown) {
    super('DL_KAFKA_UNREACHABLE', `The answer could not be recorded: ${what}.`, {
      fix: 'Try again in a second. If it lasts, `driftloop doctor` says whether Kafka is reachable.',
      retryable: true,
      status: 503,
      cause,
    });
  }
}

/**
 * Publishes for many requests at once, each of which is told when the brokers have acknowledged its own messages.
 * While one publication is under way the next messages gather.
 *
 * It holds nothing in memory for later: what was not acknowledged within `ackTimeoutMs` is refused with
 * `DL_KAFKA_UNREACHABLE`, because a message held in memory only is lost with the process after its caller was told
 * that it is safe. There may be a disk behind it (`spool/`). A refused message may still arrive (the brokers took it, their answer was lost); a prediction
 * without feedback and a duplicate feedback id both do no harm.
 */
export function createPublisher<M>(
  publish: (messages: readonly M[]) => Promise<void>,
  { maxBatch = 1_000, maxWaiting = 20_000, ackTimeoutMs = 10_000 }: PublisherLimits = {},
) {
  const queue: Waiting<M>[] = [];
  let waitingMessages = 0;
  let draining = false;

  async function drain(): Promise<void> {
    draining = true;
    while (queue.length > 0) {
      const batch: Waiting<M>[] = [];
      let size = 0;
      while (queue.length > 0 && (batch.length === 0 || size + queue[0]!.messages.length <= maxBatch)) {
        const next = queue.shift()!;
        size += next.messages.length;
        batch.push(next);
      }
      await sendTogether(batch);
      waitingMessages -= size;
    }
    draining = false;
  }

  async function sendTogether(batch: readonly Waiting<M>[]): Promise<void> {
    try {
      await withTimeout(publish(batch.flatMap((w) => w.messages)), ackTimeoutMs);
      for (const waiting of batch) waiting.resolve();
    } catch (error) {
      const problem = error instanceof DriftloopError ? error : new LogUnreachable(sayCause(error), error);
      // What one request did wrong is no reason to refuse the others, who only happened to wait beside it.
      if (!problem.retryable && batch.length > 1) for (const waiting of batch) await sendTogether([waiting]);
      else for (const waiting of batch) waiting.reject(problem);
    }
  }

  return {
    /** Resolves when the brokers have acknowledged; throws `LogUnreachable`, or what the log itself refuses. */
    publish(messages: readonly M[]): Promise<void> {
      if (messages.length === 0) return Promise.resolve();
      if (waitingMessages > 0 && waitingMessages + messages.length > maxWaiting) {
        return Promise.reject(
          new LogUnreachable(`${waitingMessages} messages already wait for the brokers`, undefined),
        );
      }
      waitingMessages += messages.length;
      return new Promise((resolve, reject) => {
        queue.push({ messages, resolve, reject });
        if (!draining) void drain();
      });
    },
    waiting: () => waitingMessages,
  };
}

const sayCause = (error: unknown) => (error instanceof Error ? error.message : String(error));
