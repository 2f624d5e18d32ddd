import { DriftloopError } from '../domain/errors.ts';
import type { InputRow } from '../domain/input.ts';
import type { Predictor } from '../domain/ports.ts';
import type { AnswerLimits } from '../domain/serving-config.ts';
import type { AnyOutput } from '../domain/task.ts';

type Waiting = {
  rows: readonly InputRow[];
  resolve: (outputs: AnyOutput[]) => void;
  reject: (error: unknown) => void;
};

/**
 * Puts concurrent requests for one version into one call of the predictor. No timer and no added delay: what was
 * read from the sockets in one turn of the event loop leaves together at its end; while a call is under way the next
 * requests gather, and leave together when it returns.
 *
 * `maxRows` bounds a call; a request with more rows than that still goes in one piece. A queue is bounded, too, and so
 * is the wait: whoever does not fit in, or has waited too long, is told so instead of hanging.
 */
export function createMicroBatcher(
  predictor: Pick<Predictor, 'predict'>,
  { maxRows = 256, onBatch }: { maxRows?: number; onBatch?: (rows: number, requests: number) => void } = {},
) {
  const queues = new Map<string, Waiting[]>();

  async function drain(key: string, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) {
      const batch = takeBatch(queue, maxRows);
      const rows = batch.flatMap((waiting) => waiting.rows);
      onBatch?.(rows.length, batch.length);
      try {
        const outputs = await predictor.predict(key, rows);
        if (outputs.length !== rows.length) {
          throw new Error(`the predictor answered ${outputs.length} of ${rows.length} rows`);
        }
        let from = 0;
        for (const waiting of batch) {
          waiting.resolve(outputs.slice(from, from + waiting.rows.length));
          from += waiting.rows.length;
        }
      } catch (error) {
        for (const waiting of batch) waiting.reject(error);
      }
    }
    queues.delete(key);
  }

  return {
    /** One output a row, in order. Throws DL_QUEUE_FULL, DL_PREDICTION_LATE. */
    predict(
      key: string,
      rows: readonly InputRow[],
      { queueRows, answerWithinMs }: AnswerLimits,
    ): Promise<AnyOutput[]> {
      if (rows.length === 0) return Promise.resolve([]);
      const queue = queues.get(key);
      const before = queue === undefined ? 0 : rowsOf(queue);
      if (before > 0 && before + rows.length > queueRows) return Promise.reject(full(key, before));
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          // What nobody waits for any more is not computed, where that has not begun.
          const place = queues.get(key)?.indexOf(waiting) ?? -1;
          if (place >= 0) queues.get(key)!.splice(place, 1);
          reject(late(key, answerWithinMs));
        }, answerWithinMs);
        const waiting: Waiting = {
          rows,
          resolve(outputs) {
            clearTimeout(timer);
            resolve(outputs);
          },
          reject(error) {
            clearTimeout(timer);
            reject(error);
          },
        };
        if (queue !== undefined) {
          queue.push(waiting);
          return;
        }
        const fresh = [waiting];
        queues.set(key, fresh);
        setImmediate(() => void drain(key, fresh));
      });
    },
  };
}

export type MicroBatcher = ReturnType<typeof createMicroBatcher>;

/** At least one request, and as many more as fit into `maxRows`. */
function takeBatch(queue: Waiting[], maxRows: number): Waiting[] {
  let rows = 0;
  let count = 0;
  while (count < queue.length) {
    rows += queue[count]!.rows.length;
    if (count > 0 && rows > maxRows) break;
    count += 1;
  }
  return queue.splice(0, count);
}

const rowsOf = (queue: readonly Waiting[]): number => queue.reduce((sum, { rows }) => sum + rows.length, 0);

const full = (key: string, rows: number) =>
  new DriftloopError('DL_QUEUE_FULL', `${rows} rows wait for ${key} already.`, {
    fix: 'Try again in a second, start one more server, or raise serving.queueRows.',
  });

const late = (key: string, withinMs: number) =>
  new DriftloopError('DL_PREDICTION_LATE', `${key} has not answered within ${withinMs / 1_000} s.`, {
    fix: 'Try again; if it goes on, send fewer instances in one request, or start one more server.',
  });
