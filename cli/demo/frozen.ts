import { textOfAnswer } from '../../domain/answer-text.ts';
import type { Predictor } from '../../domain/ports.ts';
import type { DeclaredTask } from '../../domain/task.ts';
import { isRight } from '../../statistics/is-right.ts';
import type { StreamRow } from './streams/stream.ts';

/** Rows that are scored in one go. */
const batchRows = 256;

/**
 * The first champion, left alone: what it would have answered on the very rows that production was asked. It scores
 * behind the player, so that playing never waits for it.
 */
export class Frozen {
  /** By row index, whether it would have been right. */
  readonly correct = new Map<number, boolean>();
  readonly #predictor: Pick<Predictor, 'predict'>;
  readonly #key: string;
  readonly #task: DeclaredTask;
  #waiting: StreamRow[] = [];
  #working: Promise<void> | null = null;

  constructor({
    predictor,
    key,
    task,
  }: {
    predictor: Pick<Predictor, 'predict'>;
    key: string;
    task: DeclaredTask;
  }) {
    this.#task = task;
    this.#predictor = predictor;
    this.#key = key;
  }

  push(rows: readonly StreamRow[]): void {
    this.#waiting.push(...rows);
    this.#working ??= this.#work().finally(() => (this.#working = null));
    // Whoever waits for `settled` hears of a failure; until then it must not end the process.
    this.#working.catch(() => {});
  }

  /** Resolves when every row given so far is scored. */
  async settled(): Promise<void> {
    while (this.#working) await this.#working;
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const rows = this.#waiting.splice(0, batchRows);
      const outputs = await this.#predictor.predict(
        this.#key,
        rows.map(({ row }) => row),
      );
      rows.forEach(({ index, label }, i) =>
        this.correct.set(index, isRight(this.#task, textOfAnswer(this.#task, outputs[i]!), label)),
      );
    }
  }
}
