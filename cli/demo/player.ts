import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { textOfAnswer, truthOfText } from '../../domain/answer-text.ts';
import type { DeclaredTask } from '../../domain/task.ts';
import { isRight } from '../../statistics/is-right.ts';
import type { Label, ServingClient } from './http-client.ts';
import type { StreamRow } from './streams/stream.ts';

/** What production answered to one row. Times are milliseconds since 1970. */
export type Outcome = Readonly<{
  index: number;
  predictionId: string;
  version: string;
  isCorrect: boolean;
  sentAt: number;
  answeredAt: number;
}>;

export type Tally = {
  /** HTTP requests, of predictions and of feedback. A failed one is not sent again. */
  requests: { total: number; failed: number };
  /** Rows that were sent, answered or not. */
  sent: number;
  /** Predictions and labels that the server has accepted. */
  predictions: number;
  feedback: number;
  /** How far sending lies behind the schedule now, and at its worst. */
  behindMs: number;
  worstBehindMs: number;
  /** The message of the latest failure. */
  lastFailure: string | null;
};

export type PlayerOptions = {
  client: ServingClient;
  /** Says when an answer is right. */
  task: DeclaredTask;
  /** Rows per second. */
  pace: number;
  /** How long after the answer the label comes. */
  labelDelayMs: number;
  /** Rows of one request at most. */
  batchRows?: number;
  /** Requests on their way at most; a slower server makes the player fall behind, which is reported. */
  inFlight?: number;
  onAnswered?: (rows: readonly StreamRow[], outcomes: readonly Outcome[]) => void;
};

/** Rows gather for so long before they are sent together. */
const tickMs = 40;
const feedbackTickMs = 100;
const feedbackBatch = 64;

type DueLabel = { index: number; predictionId: string; dueAt: number } & Pick<Label, 'value'>;

/**
 * Plays rows through a server as its clients would: predictions at a steady pace, each label some time after its
 * answer. The schedule counts from the start, so a pause is caught up and does not slow the whole.
 */
export class Player {
  readonly outcomes: Outcome[] = [];
  readonly tally: Tally = {
    requests: { total: 0, failed: 0 },
    sent: 0,
    predictions: 0,
    feedback: 0,
    behindMs: 0,
    worstBehindMs: 0,
    lastFailure: null,
  };
  readonly #options: Required<Omit<PlayerOptions, 'onAnswered'>> & Pick<PlayerOptions, 'onAnswered'>;
  readonly #onWay = new Set<Promise<void>>();
  #labels: DueLabel[] = [];
  #isStopped = false;

  constructor(options: PlayerOptions) {
    this.#options = { batchRows: 16, inFlight: 4, ...options };
  }

  /** No further row is sent; labels of answered rows still are. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Resolves when every row was sent (or `stop` was called), and every label of an answered row. */
  async play(rows: AsyncIterable<StreamRow>): Promise<void> {
    const playing = { done: false };
    const labels = this.#playLabels(playing);
    try {
      await this.#playRows(rows);
      await Promise.all(this.#onWay);
    } finally {
      playing.done = true;
      await labels;
    }
  }

  async #playRows(rows: AsyncIterable<StreamRow>): Promise<void> {
    const { pace, batchRows } = this.#options;
    const startedAt = Date.now();
    let batch: StreamRow[] = [];
    let scheduled = 0;
    for await (const row of rows) {
      if (this.#isStopped) return;
      const dueAt = startedAt + (scheduled * 1000) / pace;
      if (batch.length >= batchRows || dueAt > Date.now()) {
        if (batch.length > 0) await this.#send(batch);
        batch = [];
        const waitMs = dueAt + tickMs - Date.now();
        if (waitMs > tickMs / 2) await sleep(waitMs);
      }
      this.tally.behindMs = Math.max(0, Date.now() - dueAt - tickMs);
      this.tally.worstBehindMs = Math.max(this.tally.worstBehindMs, this.tally.behindMs);
      batch.push(row);
      scheduled += 1;
    }
    if (batch.length > 0) await this.#send(batch);
  }

  /** Sends a batch as soon as fewer than `inFlight` are on their way; does not wait for its answer. */
  async #send(batch: StreamRow[]): Promise<void> {
    while (this.#onWay.size >= this.#options.inFlight) await Promise.race(this.#onWay);
    const request = this.#predict(batch).finally(() => this.#onWay.delete(request));
    this.#onWay.add(request);
  }

  async #predict(batch: readonly StreamRow[]): Promise<void> {
    const sentAt = Date.now();
    this.tally.sent += batch.length;
    const answers = await this.#request(() => this.#options.client.predict(batch.map(({ row }) => row)));
    if (answers === undefined) return;
    const answeredAt = Date.now();
    const { task, labelDelayMs } = this.#options;
    const dueAt = answeredAt + labelDelayMs;
    const outcomes = batch.map(({ index, label }, i): Outcome => {
      const { predictionId, version, ...answer } = answers[i]!;
      this.#labels.push({ index, predictionId, value: truthOfText(task, label), dueAt });
      const isCorrect = isRight(task, textOfAnswer(task, answer), label);
      return { index, predictionId, version, isCorrect, sentAt, answeredAt };
    });
    this.tally.predictions += outcomes.length;
    this.outcomes.push(...outcomes);
    this.#options.onAnswered?.(batch, outcomes);
  }

  async #playLabels(playing: { done: boolean }): Promise<void> {
    while (!playing.done || this.#labels.length > 0) {
      const now = Date.now();
      const due = this.#labels.filter((l) => l.dueAt <= now).sort((a, b) => a.index - b.index);
      this.#labels = this.#labels.filter((l) => l.dueAt > now);
      for (let from = 0; from < due.length; from += feedbackBatch) {
        await this.#tell(due.slice(from, from + feedbackBatch));
      }
      await sleep(feedbackTickMs);
    }
  }

  async #tell(labels: readonly DueLabel[]): Promise<void> {
    const at = new Date().toISOString();
    const told = await this.#request(async () => {
      await this.#options.client.feedback(
        labels.map(({ predictionId, value }) => ({ feedbackId: uuidv7(), predictionId, value, at })),
      );
      return true;
    });
    if (told) this.tally.feedback += labels.length;
  }

  async #request<T>(ask: () => Promise<T>): Promise<T | undefined> {
    this.tally.requests.total += 1;
    try {
      return await ask();
    } catch (error) {
      this.tally.requests.failed += 1;
      this.tally.lastFailure = error instanceof Error ? error.message : String(error);
      return undefined;
    }
  }
}
