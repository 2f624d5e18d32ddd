import { setTimeout as wait } from 'node:timers/promises';
import { DriftloopError } from '../../domain/errors.ts';
import { sizeInBatch } from '../../domain/message-size.ts';
import type { MessageTraces } from '../../domain/message-traces.ts';
import type { FeedbackMessage, PredictionMessage } from '../../domain/messages.ts';
import type { MessageLog } from '../../domain/ports.ts';
import type { TraceContext } from '../../domain/tracing.ts';
import { sayError } from '../served-routes.ts';
import type { ServingLog } from '../served-routes.ts';
import { withTimeout } from '../with-timeout.ts';
import type { SpoolFiles } from './spool-files.ts';

export type SpooledLogOptions = {
  messages: MessageLog;
  files: SpoolFiles;
  log: ServingLog;
  /** Which request each message belongs to; it waits on the disk with it. Left out where traces are off. */
  traces?: MessageTraces;
  /** How large the spool may become. */
  maxBytes: number;
  /** How long the brokers may take before messages go to the disk instead. */
  patienceMs?: number;
  /** How long they may take to acknowledge what comes from the disk. */
  ackTimeoutMs?: number;
  /** How long to wait between two tries to bring the spool to the brokers. */
  retryMs?: number;
  clock?: () => number;
};

/** How the spool stands: what waits, how much of its room that takes (0–1), whether the latest had none, and why it does not go on. */
export type SpoolStanding = Readonly<{
  messages: number;
  used: number;
  isFull: boolean;
  problem: string | null;
}>;

/**
 * A log that goes on while the brokers are away: predictions and feedback that they do not take in time wait on the
 * disk, and are published when the brokers are back, each kind in its order. While any wait, new ones wait behind them,
 * so that no correction overtakes what it corrects.
 *
 * Each message is published at least once: one that the brokers took without saying so in time, and those of a file
 * that was not finished when the server ended, stand in the topic twice. Ingest knows them by their ids.
 */
export function createSpooledLog({
  messages,
  files,
  log,
  traces,
  maxBytes,
  patienceMs = 2_000,
  ackTimeoutMs = 10_000,
  retryMs = 1_000,
  clock = Date.now,
}: SpooledLogOptions) {
  const stopping = new AbortController();
  let problem: string | null = null;
  let isFull = false;
  let replaying: Promise<void> | null = null;

  /** Brings what waits to the brokers, file by file, until nothing waits. */
  async function replay(): Promise<void> {
    const began = clock();
    let brought = 0;
    while (!stopping.signal.aborted) {
      const part = await files.oldest();
      if (part === null) break;
      const waiting = part.lines.map((line) => fromLine(line, traces));
      const predictions = waiting.filter(isPrediction);
      const feedback = waiting.filter(isFeedback);
      if (predictions.length > 0) await withTimeout(messages.publishPredictions(predictions), ackTimeoutMs);
      if (feedback.length > 0) await withTimeout(messages.publishFeedback(feedback), ackTimeoutMs);
      await part.drop();
      isFull = false;
      brought += waiting.length;
    }
    if (brought === 0) return;
    const seconds = Math.round((clock() - began) / 100) / 10;
    log.info({ messages: brought, seconds }, 'what waited on disk is in the log');
  }

  async function replayUntilEmpty(): Promise<void> {
    while (files.lines() > 0 && !stopping.signal.aborted) {
      try {
        await replay();
        problem = null;
      } catch (error) {
        problem = sayError(error);
        await wait(retryMs, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
  }

  function ensureReplay(): void {
    replaying ??= replayUntilEmpty().finally(() => {
      replaying = null;
      // What came in between its last look and its end.
      if (files.lines() > 0 && !stopping.signal.aborted) ensureReplay();
    });
  }

  async function spool(batch: readonly Message[]): Promise<void> {
    const lines = batch.map((message) => toLine(message, traces));
    const bytes = lines.reduce((sum, line, i) => sum + sizeInBatch(batch[i]!.predictionId, line), 0);
    isFull = files.bytes() + bytes > maxBytes;
    if (isFull) throw full(files.bytes(), maxBytes, problem);
    await files.append(lines);
    ensureReplay();
  }

  async function publish<M extends Message>(
    toBrokers: (batch: readonly M[]) => Promise<void>,
    batch: readonly M[],
  ): Promise<void> {
    if (files.lines() === 0) {
      try {
        await withTimeout(toBrokers(batch), patienceMs);
        return;
      } catch (error) {
        if (error instanceof DriftloopError && !error.retryable) throw error;
        problem = sayError(error);
        log.warn({ err: error }, 'the brokers take nothing; what comes waits on disk');
      }
    }
    await spool(batch);
  }

  return {
    /** Resolves when the brokers have it, or the disk. Throws DL_SPOOL_FULL where neither has room. */
    publishPredictions: (batch: readonly PredictionMessage[]): Promise<void> =>
      publish(messages.publishPredictions, batch),
    /** The same for feedback. */
    publishFeedback: (batch: readonly FeedbackMessage[]): Promise<void> =>
      publish(messages.publishFeedback, batch),
    /** Begins to bring what an earlier process has left. */
    start(): void {
      if (files.lines() > 0) ensureReplay();
    },
    standing: (): SpoolStanding => ({
      messages: files.lines(),
      used: files.bytes() / maxBytes,
      isFull,
      problem: files.lines() === 0 ? null : problem,
    }),
    async stop(): Promise<void> {
      stopping.abort();
      await replaying;
      await files.close();
    },
  };
}

type Message = PredictionMessage | FeedbackMessage;
type Waiting = Message & { trace?: TraceContext };

function toLine(message: Message, traces: MessageTraces | undefined): string {
  const trace = traces?.of(message) ?? null;
  return JSON.stringify(trace === null ? message : { ...message, trace });
}

/** Traces may have been switched off since: the message is the same. */
function fromLine(line: string, traces: MessageTraces | undefined): Message {
  const { trace, ...message } = JSON.parse(line) as Waiting;
  if (trace !== undefined) traces?.put(message, trace);
  return message;
}

const isFeedback = (message: Message): message is FeedbackMessage => 'feedbackId' in message;
const isPrediction = (message: Message): message is PredictionMessage => !isFeedback(message);

const full = (bytes: number, maxBytes: number, problem: string | null) =>
  new DriftloopError(
    'DL_SPOOL_FULL',
    `What was sent could not be recorded: Kafka takes nothing${problem === null ? '' : ` (${problem})`}, and ${bytes} of ${maxBytes} bytes on disk are taken by what waits for it.`,
    { fix: 'Bring Kafka back; what waits goes there by itself, and then requests are answered again.' },
  );
