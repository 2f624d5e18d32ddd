import { action, documented } from './action.ts';
import { Option } from 'commander';
import type { Command } from 'commander';
import { positiveNumber, wholeNumber } from './numbers.ts';

export type DemoOptions = {
  data?: string;
  label?: string;
  time?: string;
  ignore?: string[];
  config?: string;
  example?: string;
  pace?: number;
  rows?: number;
  seed?: number;
  keep?: boolean;
  json?: boolean;
  until: 'promoted' | 'end';
  timeout?: number;
};

export function addDemoCommand(program: Command): void {
  documented(
    program
      .command('demo')
      .description('watch the whole loop: production gets worse, is noticed, fine-tuned, proven, rolled out')
      .option('--data <file>', 'a real stream: a CSV file with a header, in the order of the file')
      .option('--label <column>', 'the column with the label')
      .option('--time <column>', 'a column that is a time; it is not learnt from')
      .option('--ignore <column...>', 'columns to leave out')
      .option('--config <file>', 'another config')
      .addOption(
        new Option('--example <name>', 'another made-up production: a folder of examples/').conflicts([
          'config',
          'data',
        ]),
      )
      .option('--pace <n>', 'rows per second', positiveNumber)
      .option('--rows <n>', 'at most so many rows', wholeNumber)
      .option('--seed <n>', 'the seed of the simulated production', wholeNumber)
      .option('--keep', 'leave everything up until Ctrl-C')
      .addOption(
        new Option('--until <when>', '"promoted" ends after the first promotion, "end" plays everything')
          .choices(['promoted', 'end'])
          .default('end'),
      )
      .option(
        '--timeout <s>',
        'give up after so many seconds; a simulation does so by itself',
        positiveNumber,
      ),
    [
      'demo',
      'demo --until promoted --json',
      'demo --example support-intents',
      'demo --data elec2.csv --label class --config examples/electricity/driftloop.config.ts --pace 100',
    ],
  ).action(
    action(async (options: DemoOptions) => {
      const { runDemo } = await import('../demo/demo.ts');
      await runDemo(options);
    }),
  );
}
