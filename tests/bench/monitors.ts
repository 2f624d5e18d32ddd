/**
 * The monitors: how quick they are and what they find, beside River and NannyML; how well a budget of false alarms is
 * kept; and what watching everything costs ingest. `npm run docs` makes docs/reference/monitors.md of its results.
 */
import { parseArgs } from 'node:util';
import { besideNannyMl } from './monitors/beside-nannyml.ts';
import { besideRiver } from './monitors/beside-river.ts';
import { falseAlarms } from './monitors/false-alarms.ts';
import { ingestWithMonitors } from './monitors/ingest-with-monitors.ts';
import type { BenchResults } from './result.ts';

const help = `npm run bench -- monitors [--seeds N] [--months N] [--events N] [--rounds N]

  --seeds N    simulated streams of each kind (30)
  --months N   without a change, for each budget of false alarms (400)
  --events N   predictions and labels of the backlog, half of each (200000)
  --rounds N   of ingest, each with and without monitors (3)
`;

/** Worlds of covariate shift. */
const WORLDS = 5;

export async function run(args: readonly string[]): Promise<BenchResults | null> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string', default: '30' },
      months: { type: 'string', default: '400' },
      events: { type: 'string', default: '200000' },
      rounds: { type: 'string', default: '3' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return null;
  }
  const [seeds, months] = [Number(values.seeds), Number(values.months)];
  const [events, rounds] = [Number(values.events), Number(values.rounds)];
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const { speedup, ...river } = await besideRiver(seeds, say);
  const cbpe = await besideNannyMl(WORLDS, say);
  const ingest = await ingestWithMonitors({ events, rounds, seed: 1 }, say);
  const results = { speedup, ...river, cbpe, ingest, falseAlarms: falseAlarms(months, say) };
  return { results, options: { seeds, months, worlds: WORLDS, events, rounds } };
}
