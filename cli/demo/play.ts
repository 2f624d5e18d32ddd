import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelConfig } from '../../domain/model-config.ts';
import { isEnough } from './ending.ts';
import { Frozen } from './frozen.ts';
import { accuracyBuckets } from './live/sparkline.ts';
import type { Curves } from './live/draw.ts';
import { progressOf } from './live/progress.ts';
import type { Screen } from './live/screen.ts';
import { happenings, readLoop, type LoopView } from './loop-view.ts';
import { Player, type Outcome } from './player.ts';
import type { Session } from './session.ts';
import { rowsBetween } from './streams/stream.ts';
import { summarise, type Summary } from './summary.ts';

export type PlayOptions = {
  until: 'promoted' | 'end';
  /** Milliseconds; null for none. */
  timeoutMs: number | null;
  /** How long after its answer a row's label comes. */
  labelDelayMs?: number;
  screen: Screen;
  /** Aborted with a sentence that says why playing ends early. */
  signal: AbortSignal;
};

/** What was played: the summary, and what it was made from. */
export type Played = {
  summary: Summary;
  outcomes: readonly Outcome[];
  view: LoopView;
  /** By row index, whether the first champion, left alone, would have been right. */
  frozen: ReadonlyMap<number, boolean>;
};

const lookEveryMs = 1_000;
/** Runs and alerts of a look: the newest; at the end, all of them. */
const newestOfALook = 100;
const everything = 1_000_000;
const drainWithinMs = 20_000;
const curveBuckets = 48;

/** Plays a production through the running services and watches the loop, until enough was seen. */
export async function playProduction(session: Session, options: PlayOptions): Promise<Played> {
  const { production, driftloop, tuning, client, firstChampion } = session;
  const { stream, bootstrapRows, plannedRows, model, pace } = production;
  const { stores } = driftloop;
  const { screen, signal } = options;

  const { digest } = firstChampion;
  await tuning.predictor.load(digest, await tuning.artifacts.open(digest));
  const frozen = new Frozen({ predictor: tuning.predictor, key: digest, task: model.task });
  const player = new Player({
    client,
    task: model.task,
    pace,
    labelDelayMs: options.labelDelayMs ?? 1_000,
    onAnswered: (rows) => frozen.push(rows),
  });
  const driftAtRow = stream.driftAtRows?.find((row) => row >= bootstrapRows) ?? null;
  const isEndless = stream.length === null;
  const startedAtMs = Date.now();
  let endedEarly: string | null = null;
  const end = (why: string) => {
    endedEarly ??= why;
    player.stop();
  };
  const onAbort = () => end(String(signal.reason));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();

  let view: LoopView | null = null;
  const told = new Set<string>();
  const look = async (newest = newestOfALook): Promise<LoopView> => {
    const next = await readLoop(stores, model.name, newest);
    for (const happening of happenings(next)) {
      if (told.has(happening.id)) continue;
      told.add(happening.id);
      screen.happened(happening);
    }
    return (view = next);
  };
  const facts = () => ({
    nowMs: Date.now(),
    startedAtMs,
    plannedRows,
    driftAtRow,
    outcomes: player.outcomes,
    frozen: frozen.correct,
    tally: player.tally,
    view,
  });

  const playing = { done: false };
  const watching = (async () => {
    while (!playing.done) {
      const current = await look();
      screen.show(progressOf(facts()), curvesOf(player.outcomes, frozen.correct, bootstrapRows, plannedRows));
      if (options.timeoutMs !== null && Date.now() - startedAtMs > options.timeoutMs)
        end(`Ended by the timeout of ${options.timeoutMs / 1000} s.`);
      const answered = player.tally.predictions;
      const sincePromotion = rowsSincePromotion(current, player.outcomes, driftAtRow);
      const isRunInFlight = current.runs.some((run) => run.phase !== 'ended');
      const enough = {
        until: options.until,
        answered,
        planned: plannedRows,
        sincePromotion,
        isEndless,
        isRunInFlight,
      };
      if (isEnough(enough)) player.stop();
      await sleep(lookEveryMs);
    }
  })().catch((error: unknown) => end(`The loop could not be watched: ${String(error)}.`));
  try {
    const to = isEndless ? null : bootstrapRows + plannedRows;
    await player.play(rowsBetween(stream, { from: bootstrapRows, to }));
  } finally {
    playing.done = true;
    await watching;
    signal.removeEventListener('abort', onAbort);
  }
  const events = await drained(session, player.tally.predictions + player.tally.feedback, signal);
  await frozen.settled();
  const last = await look(everything);
  const { addresses } = driftloop;
  const summary = summarise({
    model: model.name,
    stream: stream.title,
    seed: stream.seed,
    outcomes: player.outcomes,
    frozen: frozen.correct,
    driftAtRow,
    firstAlertAt: firstAlertAt(last, model),
    runs: last.runs,
    versions: last.versions,
    tally: player.tally,
    events,
    addresses: Object.fromEntries(
      Object.entries(addresses).filter((entry): entry is [string, string] => entry[1] !== null),
    ),
    endedEarly,
  });
  return { summary, outcomes: player.outcomes, view: last, frozen: frozen.correct };
}

/** Rows answered since the first promotion that can have been the answer to the change. */
function rowsSincePromotion(
  view: LoopView,
  outcomes: readonly Outcome[],
  driftAtRow: number | null,
): number | null {
  const changeAt = driftAtRow === null ? 0 : outcomes.find((o) => o.index >= driftAtRow)?.sentAt;
  if (changeAt === undefined) return null;
  const promotions = view.runs.flatMap(({ promotedAt }) => (promotedAt ? [Date.parse(promotedAt)] : []));
  const first = Math.min(...promotions.filter((at) => at >= changeAt));
  return Number.isFinite(first) ? outcomes.filter((o) => o.sentAt >= first).length : null;
}

/** When the first alert that may begin a run of this model began to fire. */
function firstAlertAt({ alerts }: LoopView, { retrain }: ModelConfig): string | null {
  const on: readonly string[] = retrain.on;
  const fired = alerts
    .filter(({ labels }) => labels['level'] === 'detected' && on.includes(labels['kind'] ?? ''))
    .map(({ startsAt }) => new Date(startsAt).toISOString());
  return fired.sort()[0] ?? null;
}

/** Waits until ingest has taken what the server has accepted, and tells what it made of it. */
async function drained({ driftloop }: Session, sent: number, signal: AbortSignal) {
  const deadline = Date.now() + drainWithinMs;
  for (;;) {
    const { stored, duplicates, deadLettered } = await driftloop.stores.totals.eventTotals();
    const isDone = stored + duplicates + deadLettered >= sent;
    if (isDone || signal.aborted || Date.now() > deadline) return { stored, duplicates, deadLettered };
    await sleep(200);
  }
}

const curvesOf = (
  outcomes: readonly Outcome[],
  frozen: ReadonlyMap<number, boolean>,
  from: number,
  planned: number,
): Curves => {
  const stretch = { total: Math.max(planned, outcomes.length), buckets: curveBuckets };
  const scored = outcomes.flatMap(({ index }) => {
    const isCorrect = frozen.get(index);
    return isCorrect === undefined ? [] : [{ at: index - from, isCorrect }];
  });
  return {
    champion: accuracyBuckets(
      outcomes.map(({ index, isCorrect }) => ({ at: index - from, isCorrect })),
      stretch,
    ),
    frozen: accuracyBuckets(scored, stretch),
  };
};
