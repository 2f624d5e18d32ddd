/**
 * From the first drifted label to the challenger answering all of production, on real services: what was waited for
 * (errors, labels, the training itself, the canary's window), and the rest, which is ours.
 */
import process from 'node:process';
import { chooseProduction } from '../../cli/demo/choose-production.ts';
import { logScreen } from '../../cli/demo/live/screen.ts';
import { playProduction } from '../../cli/demo/play.ts';
import { withSession } from '../../cli/demo/session.ts';
import { listenForStop } from '../../cli/demo/stop-signal.ts';
import { refuseOpenLoop } from './loop/options.ts';
import { readTimeline, type Interval, type Timeline } from './loop/read-timeline.ts';
import { wholeOptions } from './whole-options.ts';
import type { BenchResults } from './result.ts';

export async function run(args: readonly string[]): Promise<BenchResults | null> {
  const options = wholeOptions('loop', args, {
    loops: { default: 3, says: 'loops, one after the other; the median counts' },
    pace: { default: 50, says: 'rows per second' },
    seed: { default: 1, says: 'of the first simulated production' },
  });
  if (options === null) return null;
  const loops = [];
  for (let i = 0; i < options.loops; i += 1) {
    const loop = partsOf(await playOnce({ pace: options.pace, seed: options.seed + i }));
    process.stdout.write(`${JSON.stringify(loop)}\n`);
    loops.push(loop);
  }
  loops.sort((a, b) => a.overheadSeconds - b.overheadSeconds);
  const results = { ...loops[Math.floor(loops.length / 2)]!, overheads: loops.map((l) => l.overheadSeconds) };
  return { results, options };
}

async function playOnce(options: { pace: number; seed: number }): Promise<Timeline> {
  const stop = listenForStop();
  const quiet = { report: () => {}, onEnded: () => {}, onFailure: stop.end, devFolder: null };
  try {
    return await withSession(await chooseProduction(options), quiet, async (session) => {
      stop.beginToWait();
      const played = await playProduction(session, {
        until: 'promoted',
        timeoutMs: 300_000,
        screen: logScreen(process.stderr, 20_000),
        signal: stop.signal,
      });
      refuseOpenLoop(played.summary.closed, played.summary.reason);
      return await readTimeline(session, played);
    });
  } finally {
    stop.close();
  }
}

/** Seconds. `overheadSeconds` is the sum of `parts`; `waitedFor` is what no system can take away. */
function partsOf({ firstDriftedLabelAt, crossedAt, run, retrain, rollout, promotedAt }: Timeline) {
  const training = retrain.intervals.find(({ name }) => name === 'fineTune')!;
  const child = retrain.intervals.find(({ kind }) => kind === 'child')!;
  const isWaiting = ({ kind, name }: Interval) => kind === 'timer' || name === 'awaitLabels';
  const waited = (from: number, to: number) =>
    total(retrain.intervals.filter((i) => isWaiting(i) && i.from >= from && i.to <= to));
  const labelsBefore = waited(retrain.startedAt, training.from);
  const labelsAfter = waited(training.to, child.from);
  const canary = total(rollout.intervals.filter(({ kind }) => kind === 'timer'));
  const trained = (run.trainSeconds ?? 0) * 1000;
  const parts = inSeconds({
    detection: retrain.startedAt - crossedAt,
    snapshot: training.from - retrain.startedAt - labelsBefore,
    training: training.to - training.from - trained,
    gate: child.from - training.to - labelsAfter,
    rollout: promotedAt - child.from - canary,
  });
  return {
    overheadSeconds: round(Object.values(parts).reduce((sum, seconds) => sum + seconds, 0)),
    parts,
    waitedFor: inSeconds({
      errors: crossedAt - firstDriftedLabelAt,
      labels: labelsBefore + labelsAfter,
      training: trained,
      canary,
    }),
    totalSeconds: round((promotedAt - firstDriftedLabelAt) / 1000),
  };
}

const total = (intervals: readonly Interval[]) => intervals.reduce((sum, { from, to }) => sum + to - from, 0);
const round = (seconds: number) => Math.round(seconds * 100) / 100;
const inSeconds = <K extends string>(ms: Record<K, number>): Record<K, number> =>
  Object.fromEntries(Object.entries<number>(ms).map(([name, n]) => [name, round(n / 1000)])) as Record<
    K,
    number
  >;
