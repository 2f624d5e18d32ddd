import { readFileSync } from 'node:fs';
import type { BesideNannyMl } from '../tests/bench/monitors/beside-nannyml.ts';
import type { BesideRiver } from '../tests/bench/monitors/beside-river.ts';
import type { FalseAlarms } from '../tests/bench/monitors/false-alarms.ts';
import type { IngestWithMonitors } from '../tests/bench/monitors/ingest-with-monitors.ts';
import type { Sure } from '../tests/bench/monitors/scoring.ts';

type Kept = {
  cores: number;
  options: { seeds: number; months: number; worlds: number; events: number; rounds: number };
  results: BesideRiver & { cbpe: BesideNannyMl; ingest: IngestWithMonitors; falseAlarms: FalseAlarms };
};

/** What the monitors are worth, as `npm run bench -- monitors` has measured it last. */
export function monitorsPage(): string {
  const file = new URL('../tests/bench/results/monitors.json', import.meta.url);
  const { cores, options, results } = JSON.parse(readFileSync(file, 'utf8')) as Kept;
  const { cbpe, ingest } = results;
  return [
    '# What the monitors are worth',
    '',
    `Made from the results of \`npm run bench -- monitors\` (\`tests/bench/results/monitors.json\`, ${cores} cores) by \`npm run docs\`. River ${results.river} and NannyML ${cbpe.nannyml} ran beside, each on the same values in the same run.`,
    '',
    '## A budget of false alarms',
    '',
    `\`drift({ falseAlarmsPerMonth })\` on streams without a change: alarms a month over ${options.months} months of one stream each, from the moment at which its budget is verified. How it is kept: [decisions/false-alarm-budget.md](../decisions/false-alarm-budget.md).`,
    '',
    '| stream | rows a month | budget | realized |',
    '|---|---|---|---|',
    ...results.falseAlarms.cases.map(
      ({ stream, rowsPerMonth, budget, realized }) =>
        `| ${stream} | ${rowsPerMonth.toLocaleString('en-US')} | ${budget} | ${realized} |`,
    ),
    '',
    '## Speed and memory of the detectors of streams',
    '',
    'Nanoseconds of an update, best of several rounds: many values at once, as the fold does it, and one by one with a state of its own each. Memory: numbers that the state holds, in the names of the knobs, and bytes of the largest one as JSON over 200,000 errors.',
    '',
    '| detector | at once | one by one | River | times | numbers | bytes |',
    '|---|---|---|---|---|---|---|',
    ...Object.entries(results.nanoseconds).map(([name, { ours, oneByOne, river }]) => {
      const { numbers, bytes } = results.memory[name]!;
      return `| ${name} | ${ours} | ${oneByOne} | ${river ?? 'has none'} | ${results.speedup[name] ?? ''} | ${numbers} | ${bytes} |`;
    }),
    '',
    '## What they find',
    '',
    `Errors of a model whose rate goes from .1 to .3, ${options.seeds} streams of 6,000 rows each; every detector as its authors set it, with 95 % intervals. Sudden: at row 3,000. Gradual: from there on, over 1,000 rows. Recurring: every 1,500 rows, and back. None: no change. Delay in rows, of what was found; missed: share of the rises; false alarms in 10,000 rows before anything changed. "As River": the same finds to the row, which the bench asserts. KSWIN draws at random, so what River's own draws find on the first streams of each kind stands beside it: delay, missed, false alarms.`,
    ...Object.entries(results.detections).flatMap(([kind, rows]) => [
      '',
      `### ${kind[0]!.toUpperCase()}${kind.slice(1)}`,
      '',
      '| detector | delay | missed | false alarms | |',
      '|---|---|---|---|---|',
      ...Object.entries(rows).map(
        ([name, { delay, missed, falseAlarms, river }]) =>
          `| ${name} | ${say(delay)} | ${say(missed)} | ${say(falseAlarms)} | ${sayRiver(river)} |`,
      ),
    ]),
    '',
    '## CBPE under covariate shift',
    '',
    `Mean distance of the estimate from what came out, ${options.worlds} worlds of 20 chunks of 2,000 rows whose inputs move away from the reference while the model is too sure and does not see one input.`,
    '',
    '| metric | Driftloop | NannyML | ratio |',
    '|---|---|---|---|',
    ...(['accuracy', 'f1', 'roc_auc'] as const).map(
      (metric) => `| ${metric} | ${cbpe.ours[metric]} | ${cbpe.theirs[metric]} | ${cbpe.ratio[metric]} |`,
    ),
    '',
    '## What watching costs',
    '',
    `A backlog of ${options.events.toLocaleString('en-US')} events until the last is stored and the last label folded, the model watched by nothing but regret, and by all detectors, the budget monitor, drift, quality and an objective; medians of ${options.rounds} rounds, in turns.`,
    '',
    '| | events a second | processor seconds |',
    '|---|---|---|',
    `| watching nothing | ${ingest.eventsPerSecond.watchingNothing} | ${ingest.processorSeconds.watchingNothing} |`,
    `| watching everything | ${ingest.eventsPerSecond.watchingEverything} | ${ingest.processorSeconds.watchingEverything} |`,
    '',
  ].join('\n');
}

type River = BesideRiver['detections'][keyof BesideRiver['detections']][string]['river'];

const sayRiver = (river: River): string => {
  if (river === null) return '';
  if (river === 'the same') return 'as River';
  return `River on ${river.streams} streams: ${say(river.delay)}, ${say(river.missed)}, ${say(river.falseAlarms)}`;
};

const say = (sure: Sure | null): string =>
  sure === null ? '–' : `${short(sure.value)} (${short(sure.low)}–${short(sure.high)})`;

const short = (value: number): string => String(Number(value.toPrecision(3)));
