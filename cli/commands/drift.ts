import type { Command } from 'commander';
import { sampleMethods, streamMethods } from '../../domain/detector-config.ts';
import type { DriftCheckOptions } from '../drift/check.ts';
import type { DriftReportOptions } from '../drift/report.ts';
import { action, documented } from './action.ts';
import { countingNumber } from './numbers.ts';

/** What can be asked about drift; all but `score` without any service. */
export function addDriftCommands(program: Command): void {
  const drift = program.command('drift').description('what has changed, since when, and how sure that is');
  documented(
    drift
      .command('report')
      .description(
        'tell from a stream of labelled rows what moved and how the answers became worse, as a page',
      )
      .requiredOption('--data <file>', 'labelled rows in the order of time: CSV, or one JSON object a line')
      .requiredOption('--label <column>', 'the column with the label')
      .option('--time <column>', 'a column that is a time; it is told, and not learnt from')
      .option('--ignore <column...>', 'columns to leave out')
      .option(
        '--prediction <column>',
        'what your model has answered (default: one is trained on the first rows)',
      )
      .option(
        '--reference <rows>',
        'so many first rows are what it was trained on (default: a tenth)',
        countingNumber,
      )
      .option('--config <file>', 'a config whose model says labels and input')
      .option('--model <name>', 'which model of the config')
      .option('--out <file>', 'the page to write', 'drift-report.html'),
    [
      'drift report --data elec2.csv --label class --time date',
      'drift report --data calls.csv --label truth --prediction answered',
    ],
  ).action(
    action(async (options: DriftReportOptions & { json?: boolean }) => {
      const { driftReport } = await import('../drift/report.ts');
      return driftReport(options);
    }),
  );

  documented(
    drift
      .command('score')
      .argument('<model>')
      .description('what each monitor is worth on the recorded history of a model, beside a clock')
      .option('--rows <count>', 'so many newest labelled rows', countingNumber, 200_000),
    ['drift score electricity', 'drift score electricity --json'],
  ).action(
    action(async ({ rows }: { rows: number; json?: boolean }, model) => {
      const { withStores } = await import('../wiring.ts');
      const { scoreDrift } = await import('../drift/score.ts');
      return withStores(async (stores) => scoreDrift(stores, model, rows));
    }),
  );

  documented(
    drift
      .command('check')
      .description('run one detector, or one test of two samples, on your own numbers; needs no service')
      .requiredOption(
        '--method <name>',
        `of streams: ${streamMethods.join(', ')}; of two samples: ${sampleMethods.join(', ')}`,
      )
      .option('--params <json>', 'its knobs, as a JSON object (default: as its authors set them)')
      .requiredOption(
        '--input <file>',
        'CSV, JSON lines, or a JSON array; what is current, where two samples are compared',
      )
      .option('--reference <file>', 'what it is compared with')
      .option('--column <name...>', 'which column; several are rows, as of embeddings'),
    [
      'drift check --method adwin --input errors.csv --column wrong',
      `drift check --method page-hinkley --params '{ "threshold": 15, "mode": "up" }' --input loss.json --json`,
      'drift check --method ks --reference june.csv --input july.csv --column price',
    ],
  ).action(
    action(async (options: DriftCheckOptions & { json?: boolean }) => {
      const { checkDrift } = await import('../drift/check.ts');
      return checkDrift(options);
    }),
  );
}
