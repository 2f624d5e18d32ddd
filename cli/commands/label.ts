import type { Command } from 'commander';
import { action, documented } from './action.ts';
import { countingNumber } from './numbers.ts';
import type { ExportOptions } from './label-answers.ts';

export function addLabelCommands(program: Command): void {
  const label = program
    .command('label')
    .description('the queue of rows that people are asked about, for Label Studio');

  documented(
    label
      .command('export')
      .argument('<model>')
      .requiredOption('--out <file>', 'where the tasks go, as JSON')
      .option('--view <file>', 'where the labelling interface goes, as XML')
      .option('--limit <n>', 'at most so many, the most useful first', countingNumber, 500)
      .description(
        'writes what waits in the queue as tasks of Label Studio, with the answer of the model to begin with',
      ),
    [
      'label export support-intents --out tasks.json',
      'label export support-intents --out tasks.json --view view.xml',
    ],
  ).action(
    action(async (options: ExportOptions & { json?: boolean }, model) => {
      const { exportLabels } = await import('./label-answers.ts');
      return exportLabels(model, options);
    }),
  );

  documented(
    label
      .command('import')
      .argument('<model>')
      .argument('<file>', 'an export of Label Studio, as JSON')
      .description('takes what people have answered there as feedback; the same file again changes nothing'),
    ['label import support-intents project-1.json'],
  ).action(
    action(async (_options, model, file) => {
      const { importLabels } = await import('./label-answers.ts');
      return importLabels(model, file);
    }),
  );
}
