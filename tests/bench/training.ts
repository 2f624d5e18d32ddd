/**
 * What a step of training costs beside the same in Keras (one graph a step) and PyTorch: same networks, same batches,
 * same cores. The arms take turns, so that all see the same machine; medians over the turns. On a busy machine look at
 * the time of processors, and not at PyTorch's, whose threads spin while they wait for each other. Before that, what a
 * process holds at most that trains a decoder of 100 million weights by each method.
 */
import { startOurs, startPeer } from './training/arms.ts';
import { measureMemory } from './training/memory.ts';
import type { Arm, Spent } from './training/arms.ts';
import cases from './training/cases.json' with { type: 'json' };
import type { BenchResults } from './result.ts';
import { wholeOptions } from './whole-options.ts';

type Case = keyof typeof cases;
type ArmName = 'driftloop' | 'keras' | 'torch';

/** Steps of one turn: enough to be told from the clock's own noise, a second or so. */
const STEPS: Record<Case, number> = { mlp: 500, cnn: 10, encoder: 3, lora: 4 };

export async function run(args: readonly string[]): Promise<BenchResults | null> {
  const options = wholeOptions('training', args, {
    turns: { default: 7, says: 'turns of each arm and case' },
  });
  if (options === null) return null;
  const say = (message: string) => void process.stderr.write(`${message}\n`);
  const memory = await measureMemory(say);
  const arms: Record<ArmName, Arm> = {
    driftloop: await startOurs(),
    keras: await startPeer('keras', say),
    torch: await startPeer('torch', say),
  };
  try {
    const steps = {} as Record<Case, Record<ArmName, Spent>>;
    for (const which of Object.keys(cases) as Case[]) {
      steps[which] = await compare(arms, which, options.turns);
      say(`${which}: ${sayLine(steps[which])}`);
    }
    return {
      options: { turns: options.turns },
      results: {
        vsKeras: ratios(steps, 'keras', 'ms'),
        vsTorch: ratios(steps, 'torch', 'ms'),
        vsKerasCpu: ratios(steps, 'keras', 'cpuMs'),
        vsTorchCpu: ratios(steps, 'torch', 'cpuMs'),
        steps,
        ...memory,
      },
    };
  } finally {
    await Promise.all(Object.values(arms).map((arm) => arm.close()));
  }
}

async function compare(
  arms: Record<ArmName, Arm>,
  which: Case,
  turns: number,
): Promise<Record<ArmName, Spent>> {
  const names = Object.keys(arms) as ArmName[];
  const seen: Record<ArmName, Spent[]> = { driftloop: [], keras: [], torch: [] };
  // The first steps trace, allocate and warm caches.
  for (const name of names) await arms[name].measure(which, Math.min(3, STEPS[which]));
  for (let turn = 0; turn < turns; turn += 1)
    for (const name of names) seen[name].push(await arms[name].measure(which, STEPS[which]));
  return Object.fromEntries(
    names.map((name) => [
      name,
      { ms: median(seen[name].map(({ ms }) => ms)), cpuMs: median(seen[name].map(({ cpuMs }) => cpuMs)) },
    ]),
  ) as Record<ArmName, Spent>;
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return round((sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2);
};

/** How many times the peer's time Driftloop takes. */
const ratios = (steps: Record<Case, Record<ArmName, Spent>>, peer: ArmName, by: keyof Spent) =>
  Object.fromEntries(
    Object.entries(steps).map(([which, of]) => [which, round(of.driftloop[by] / of[peer][by])]),
  );

const round = (value: number): number => Number(value.toPrecision(4));

const sayLine = (of: Record<ArmName, Spent>): string =>
  Object.entries(of)
    .map(([name, { ms, cpuMs }]) => `${name} ${ms} ms (${cpuMs} ms of processors)`)
    .join(', ');
