/**
 * Each detector of streams as what begins a training, everything else as the policy has it (onset, memory, gate, growth
 * refits), beside the policy's own regret, never, a schedule, and what an oracle that knows the future would have paid
 * (the study of the policy found that by dynamic programming). Without --data: the three open streams.
 */
import { streamMethods, type StreamMethodName } from '../../domain/detector-config.ts';
import { streamOf } from '../../monitors/detectors/streams/every-stream.ts';
import type { Replay, ReplayPolicy, Trigger } from '../../training/replay/replay.ts';
import { figuresOf, policies, replayEach, type PolicyFigures } from './policy/compare.ts';
import { knownStreams, pathOf } from './policy/known-streams.ts';
import { readTable } from './policy/table.ts';
import type { BenchResults } from './result.ts';
import { wholeOptions } from './whole-options.ts';

/** Errors and 50 a training, of the best that could be done on each stream. */
const ORACLE: Readonly<Record<string, number>> = {
  'elec2.csv': 8_184,
  'synthetic_sea_0123_abrupto_noise_0.2.csv': 7_488,
  'synthetic_mixed_0101_gradual.csv': 3_543,
};

export async function run(args: readonly string[]): Promise<BenchResults | null> {
  const options = wholeOptions('triggers', args, { seeds: { default: 2, says: 'replays to average' } });
  if (options === null) return null;
  const asked: Record<string, ReplayPolicy> = {
    regret: policies.policy,
    never: policies.never,
    schedule: policies.schedule,
    ...Object.fromEntries(
      streamMethods.map((method) => [method, { kind: 'regret' as const, trigger: triggerOf(method) }]),
    ),
  };
  const results: Record<string, Record<string, PolicyFigures & { ofOracle: number }>> = {};
  for (const { file, ...columns } of knownStreams) {
    const table = await readTable(pathOf(file), columns);
    const replays: Record<string, Replay[]> = {};
    for (let seed = 1; seed <= options.seeds; seed += 1) {
      const compared = await replayEach(table, { trainer: 'tensorflow', seed, delay: 0 }, asked);
      for (const [name, replay] of Object.entries(compared)) (replays[name] ??= []).push(replay);
      process.stderr.write(`${table.name}, seed ${seed}\n`);
    }
    results[table.name] = Object.fromEntries(
      Object.entries(replays).map(([name, of]) => {
        const figures = figuresOf(of);
        const ofOracle = Number((figures.cost / ORACLE[file]!).toFixed(3));
        process.stderr.write(
          `  ${name.padEnd(20)} cost ${Math.round(figures.cost)}, ${ofOracle} of the oracle's\n`,
        );
        return [name, { ...figures, ofOracle }];
      }),
    );
  }
  return { options, results: { oracle: ORACLE, streams: results, meanOfOracle: meansOf(results) } };
}

function triggerOf(method: StreamMethodName): Trigger {
  const { create, feeds } = streamOf(method);
  return {
    begin() {
      const detector = create();
      let state = detector.start();
      return (errors) => {
        const seen = feeds === 'errors' ? errors : Array.from(errors, (error) => 1 - error);
        const { state: next, driftIndices } = detector.observeAll(state, seen);
        state = next;
        return driftIndices.length > 0;
      };
    },
  };
}

/** Of each trigger over the streams, the best first. */
function meansOf(results: Record<string, Record<string, { ofOracle: number }>>): Record<string, number> {
  const streams = Object.values(results);
  const names = Object.keys(streams[0] ?? {});
  const means = names.map((name) => {
    const sum = streams.reduce((total, of) => total + of[name]!.ofOracle, 0);
    return [name, Number((sum / streams.length).toFixed(3))] as const;
  });
  return Object.fromEntries(means.toSorted(([, a], [, b]) => a - b));
}
