/**
 * The model server: requests a second and p99 beside a bare handler and MLServer with the same model, and versions that
 * come and go under load.
 */
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chosenParts } from './chosen-parts.ts';
import type { BenchResults } from './result.ts';
import { run as runCanaries } from './rollout.ts';
import { measureAdapters } from './serving/adapters.ts';
import { measureRollouts } from './serving/rollouts.ts';
import { measureSwaps } from './serving/swaps.ts';
import { measureThroughput } from './serving/throughput.ts';
import { makeVersions } from './serving/versions.ts';

const help = `npm run bench -- serving [PART]… [--seconds N] [--rounds N] [--connections N] [--swaps N] [--quiet-swaps N] [--rollouts N]

  PART             throughput, swaps, rollouts, canaries or adapters: only this is measured, the others stay as they were (all)
  --seconds N      of load for each server in each round (8)
  --rounds N       the servers take turns; medians count (5)
  --connections N  that ask at the same time, each one thing at a time (64)
  --swaps N        under load with a pause between them, and so many more without; each answer checked (100)
  --quiet-swaps N  more with nobody asking, for what they leave in memory (100)
  --rollouts N     from shadow to champion on real services under load; the worker is killed in every fifth (20)
  --adapters N     versions of one base, apart from it and merged (10)
`;

const parts = ['throughput', 'swaps', 'rollouts', 'canaries', 'adapters'] as const;
/** Of load without swaps, at a time. */
const STEADY_SECONDS = 4;

export async function run(args: readonly string[]): Promise<BenchResults | null> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '8' },
      rounds: { type: 'string', default: '5' },
      connections: { type: 'string', default: '64' },
      swaps: { type: 'string', default: '100' },
      'quiet-swaps': { type: 'string', default: '100' },
      rollouts: { type: 'string', default: '20' },
      adapters: { type: 'string', default: '10' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return null;
  }
  const measures = chosenParts(parts, positionals);
  const [seconds, rounds, connections] = [values.seconds, values.rounds, values.connections].map(Number) as [
    number,
    number,
    number,
  ];
  const [underLoad, quiet] = [Number(values.swaps), Number(values['quiet-swaps'])];
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const versions = await makeVersions();
  try {
    const throughput = measures('throughput')
      ? await measureThroughput(versions, { seconds, rounds, connections }, say)
      : {};
    const swaps = measures('swaps')
      ? await measureSwaps(versions, { underLoad, quiet, connections, steadySeconds: STEADY_SECONDS }, say)
      : {};
    const rollouts = measures('rollouts') ? await measureRollouts(Number(values.rollouts), say) : {};
    const canaries = measures('canaries') ? await measureCanaries() : {};
    const adapters = measures('adapters') ? await measureAdapters(Number(values.adapters), say) : {};
    return {
      results: {
        ...(positionals.length === 0 ? {} : kept()),
        ...throughput,
        ...swaps,
        ...rollouts,
        ...canaries,
        ...adapters,
      },
      options: {
        seconds,
        rounds,
        connections,
        swaps: underLoad,
        quietSwaps: quiet,
        rollouts: Number(values.rollouts),
        adapters: Number(values.adapters),
      },
    };
  } finally {
    await versions.remove();
  }
}

/** Simulated: `npm run bench -- rollout` says more of them. */
async function measureCanaries() {
  const { results } = (await runCanaries([]))!;
  const { falseRollbackRate, caughtRate } = results as Record<'falseRollbackRate' | 'caughtRate', number>;
  return { falseRollbackRate, caughtRate };
}

/** What was measured before. */
function kept(): object {
  const file = new URL('results/serving.json', import.meta.url);
  if (!existsSync(file)) return {};
  return (JSON.parse(readFileSync(file, 'utf8')) as { results: object }).results;
}
