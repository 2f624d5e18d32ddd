import type { Command } from 'commander';
import { sampleMethods, streamMethods } from '../../domain/detector-config.ts';
import type { DriftCheckOptions } from '../drift/check.ts';
import type { ModelReportOptions } from '../drift/model-report.ts';
import type { DriftReportOptions } from '../drift/report.ts';
import { DriftloopError } from '../../domain/errors.ts';
import { action, documented } from './action.ts';
import { countingNumber } from './numbers.ts';

type ReportOptions = Omit<DriftReportOptions, 'data' | 'label'> & {
  data?: string;
  label?: string;
  version?: string;
  json?: boolean;
};

/** A model of the installation, or a file with its label: one of both. */
function whatToReport(
  { data, label, version, ...options }: ReportOptions,
  model: string | undefined,
): DriftReportOptions | ModelReportOptions {
  const { reference, out } = options;
  if (model !== undefined && data === undefined)
    return {
      model,
      out,
      ...(version === undefined ? {} : { version }),
      ...(reference === undefined ? {} : { reference }),
    };
  if (model === undefined && data !== undefined && label !== undefined) return { data, label, ...options };
  throw new DriftloopError(
    model === undefined ? 'DL_OPTION_MISSING' : 'DL_OPTION_INVALID',
    model === undefined
      ? 'A drift report is of a model, or of a file and the column of its label, and neither was named.'
      : `A drift report is of the model "${model}" or of the file ${data}, not of both.`,
    { fix: 'Say "driftloop drift report MODEL", or "driftloop drift report --data FILE --label COLUMN".' },
  );
}

/** What can be asked about drift; a file needs no service. */
export function addDriftCommands(program: Command): void {
  const drift = program.command('drift').description('what has changed, since when, and how sure that is');
  documented(
    drift
      .command('report')
      .argument('[model]', 'a model of the installation: its recorded history')
      .description(
        'tell from a stream of labelled rows what moved and how the answers became worse, as a page',
      )
      .option('--data <file>', 'labelled rows in the order of time: CSV, or one JSON object a line')
      .option('--label <column>', 'the column with the label')
      .option('--version <name>', 'of the model: which of its versions (default: the champion)')
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
      'drift report churn --out churn.html',
      'drift report --data elec2.csv --label class --time date',
      'drift report --data calls.csv --label truth --prediction answered',
    ],
  ).action(
    action(async (options: ReportOptions, model?: string) => {
      const asked = whatToReport(options, model);
      if ('data' in asked) {
        const { driftReport } = await import('../drift/report.ts');
        return driftReport(asked);
      }
      const [{ modelReport }, { withAdmitted }] = await Promise.all([
        import('../drift/model-report.ts'),
        import('../wiring.ts'),
      ]);
      const look = { right: 'view', model: asked.model } as const;
      return withAdmitted(look, (stores) => modelReport(asked, stores));
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
      const { withAdmitted } = await import('../wiring.ts');
      const { scoreDrift } = await import('../drift/score.ts');
      return withAdmitted({ right: 'view', model }, (stores) => scoreDrift(stores, model, rows));
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
