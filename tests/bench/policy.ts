/**
 * When to retrain, on what, and whether to keep it: the regret policy replayed over a file without any service,
 * beside never and every 2,000 rows. Without --data: the three streams of the reference figures.
 */
import { parseArgs } from 'node:util';
import { DriftloopError } from '../../domain/errors.ts';
import type { Replay } from '../../training/replay/replay.ts';
import {
  comparePolicies,
  figuresOf,
  policies,
  type PolicyFigures,
  type PolicyName,
} from './policy/compare.ts';
import { knownStreams, pathOf } from './policy/known-streams.ts';
import { readTable } from './policy/table.ts';
import { backendOf, trainerNames, type TrainerName } from './policy/trainers.ts';
import type { BenchResults } from './result.ts';

const help = `npm run bench -- policy [--data FILE --label COLUMN [--ignore COLUMN]… [--time COLUMN]]
                      [--delay ROWS] [--seeds N] [--trainer ${trainerNames.join('|')}]

  --delay ROWS   rows between a prediction and its label (0)
  --seeds N      replays to average, with seeds 1 … N (4)
  --trainer      tensorflow: the product's, on TensorFlow (default); javascript: the product's, on typed arrays;
                 plain: an independent peer of both

  npm run bench -- policy
  npm run bench -- policy --data sales.csv --label returned --ignore id --delay 500
`;

export async function run(args: readonly string[]): Promise<BenchResults | null> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      label: { type: 'string' },
      time: { type: 'string' },
      ignore: { type: 'string', multiple: true, default: [] },
      delay: { type: 'string', default: '0' },
      seeds: { type: 'string', default: '4' },
      trainer: { type: 'string', default: 'tensorflow' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return null;
  }
  const trainer = trainerOf(values.trainer);
  const delay = wholeNumber('--delay', values.delay, 0);
  const seeds = wholeNumber('--seeds', values.seeds, 1);
  const files = filesOf(values);
  const options = {
    delay,
    seeds,
    trainer,
    backend: await backendOf(trainer),
    decideEvery: 25,
    firstShare: 0.1,
  };

  const results: Record<string, Record<PolicyName, PolicyFigures>> = {};
  for (const { file, ...columns } of files) {
    const table = await readTable(file, columns);
    const replays: Record<PolicyName, Replay>[] = [];
    for (let seed = 1; seed <= seeds; seed += 1) {
      const began = performance.now();
      const compared = await comparePolicies(table, { trainer, seed, delay });
      replays.push(compared);
      const costs = Object.entries(compared).map(([name, { cost }]) => `${name} ${cost}`);
      const seconds = Math.round((performance.now() - began) / 1000);
      process.stdout.write(`${table.name}  seed ${seed}  cost: ${costs.join(', ')}  (${seconds} s)\n`);
    }
    const names = Object.keys(policies) as PolicyName[];
    const figures = names.map(
      (name) => [name, figuresOf(replays.map((compared) => compared[name]))] as const,
    );
    results[table.name] = Object.fromEntries(figures) as Record<PolicyName, PolicyFigures>;
    for (const [name, f] of figures) process.stdout.write(`  ${name.padEnd(8)} ${lineOf(f)}\n`);
  }
  return { results, options };
}

const lineOf = ({ accuracy, trainings, promotions, falsePromotions, cost }: PolicyFigures) =>
  `accuracy ${accuracy.toFixed(3).replace(/^0/, '')}  trainings ${trainings}  promotions ${promotions}, ` +
  `false ${falsePromotions}  cost ${Math.round(cost)}`;

function filesOf(values: {
  data?: string | undefined;
  label?: string | undefined;
  time?: string | undefined;
  ignore: string[];
}) {
  const { data, label, time, ignore } = values;
  if (data !== undefined && label !== undefined) {
    return [{ file: data, label, ignore, ...(time === undefined ? {} : { time }) }];
  }
  if (data !== undefined) {
    throw new DriftloopError('DL_OPTION_MISSING', `--data ${data} came without --label.`, {
      fix: 'Name the column that holds the label: --label COLUMN.',
    });
  }
  return knownStreams.map(({ file, ...columns }) => ({ file: pathOf(file), ...columns }));
}

function trainerOf(text: string): TrainerName {
  const trainer = trainerNames.find((name) => name === text);
  if (trainer !== undefined) return trainer;
  throw new DriftloopError('DL_OPTION_INVALID', `--trainer ${text} is not a trainer.`, {
    fix: `Choose one of ${trainerNames.join(', ')}.`,
  });
}

function wholeNumber(option: string, text: string, atLeast: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= atLeast) return value;
  throw new DriftloopError(
    'DL_OPTION_INVALID',
    `${option} ${text} is not a whole number of at least ${atLeast}.`,
    {
      fix: `Give a number: ${option} ${atLeast + 1}.`,
    },
  );
}
