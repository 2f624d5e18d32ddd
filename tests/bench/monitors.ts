/**
 * The monitors: how quick they are and what they find, beside River and NannyML; how well a budget of false alarms is
 * kept; and what watching everything costs ingest. `npm run docs` makes docs/reference/monitors.md of its results.
 */
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { besideNannyMl } from './monitors/beside-nannyml.ts';
import { findsBesideRiver, speedBesideRiver } from './monitors/beside-river.ts';
import { falseAlarms } from './monitors/false-alarms.ts';
import { ingestWithMonitors } from './monitors/ingest-with-monitors.ts';
import { chosenParts } from './chosen-parts.ts';
import type { BenchResults } from './result.ts';

const help = `npm run bench -- monitors [PART]… [--seeds N] [--months N] [--events N] [--rounds N]

  PART         speed, finds, cbpe, ingest or falseAlarms: only these are measured, the others stay as they were (all)
  --seeds N    simulated streams of each kind (30)
  --months N   without a change, for each budget of false alarms (400)
  --events N   predictions and labels of the backlog, half of each (200000)
  --rounds N   of ingest, each with and without monitors (5)
`;

/** Worlds of covariate shift. */
const WORLDS = 5;
const parts = ['speed', 'finds', 'cbpe', 'ingest', 'falseAlarms'] as const;

export async function run(args: readonly string[]): Promise<BenchResults | null> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seeds: { type: 'string', default: '30' },
      months: { type: 'string', default: '400' },
      events: { type: 'string', default: '200000' },
      rounds: { type: 'string', default: '5' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return null;
  }
  const measures = chosenParts(parts, positionals);
  const [seeds, months] = [Number(values.seeds), Number(values.months)];
  const [events, rounds] = [Number(values.events), Number(values.rounds)];
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const measured = {
    ...(measures('speed') ? await speedBesideRiver(say) : {}),
    ...(measures('finds') ? await findsBesideRiver(seeds) : {}),
    ...(measures('cbpe') ? { cbpe: await besideNannyMl(WORLDS, say) } : {}),
    ...(measures('ingest') ? { ingest: await ingestWithMonitors({ events, rounds, seed: 1 }, say) } : {}),
    ...(measures('falseAlarms') ? { falseAlarms: falseAlarms(months, say) } : {}),
  };
  return {
    results: { ...(positionals.length === 0 ? {} : kept()), ...measured },
    options: { seeds, months, worlds: WORLDS, events, rounds },
  };
}

/** What was measured before. */
function kept(): object {
  const file = new URL('results/monitors.json', import.meta.url);
  if (!existsSync(file)) return {};
  return (JSON.parse(readFileSync(file, 'utf8')) as { results: object }).results;
}
