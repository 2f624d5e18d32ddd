import type { Command } from 'commander';
import { action, documented } from './action.ts';
import { wholeNumber } from './numbers.ts';

export function addGoldenCommands(program: Command): void {
  const golden = program
    .command('golden')
    .description('golden rows: they never train, and every challenger is asked them');

  documented(
    golden
      .command('add')
      .argument('<model>')
      .requiredOption('--data <file>', 'labelled rows that must stay true: CSV or JSON lines')
      .requiredOption('--label <column>', 'the column with the label')
      .option('--ignore <column...>', 'columns to leave out')
      .option('--reason <text>', 'why; it is kept', 'must stay true')
      .description('pins rows: a challenger that answers one of them wrong is rejected'),
    ['golden add electricity --data must-stay-true.csv --label class --reason "cases of the regulator"'],
  ).action(
    action(
      async (
        options: { data: string; label: string; ignore?: string[]; reason: string; json?: boolean },
        model,
      ) => {
        const { addGolden } = await import('./golden-rows.ts');
        return addGolden({ model: model, ...options });
      },
    ),
  );

  documented(
    golden
      .command('sample')
      .argument('<model>')
      .option('--rows <n>', 'so many', wholeNumber, 200)
      .option('--reason <text>', 'why; it is kept', 'a sample of production')
      .description(
        'draws labelled rows of production that never train: proven harm on them blocks, until the world changes',
      ),
    ['golden sample electricity', 'golden sample electricity --rows 500'],
  ).action(
    action(async (options: { rows: number; reason: string; json?: boolean }, model) => {
      const { sampleGolden } = await import('./golden-rows.ts');
      return sampleGolden({ model: model, ...options });
    }),
  );

  documented(golden.command('list').argument('<model>').description('the golden rows in force'), [
    'golden list electricity',
  ]).action(
    action(async (_options, model) => {
      const { listGolden } = await import('./golden-rows.ts');
      return listGolden(model);
    }),
  );

  documented(
    golden
      .command('retire')
      .argument('<model>')
      .argument('[id...]', 'the first letters of ids are enough')
      .option('--sampled', 'all that were sampled')
      .requiredOption('--reason <text>', 'why; it is kept')
      .description('takes golden rows out of force; what they decided stays'),
    [
      'golden retire electricity 3fa1c2 --reason "the tariff is gone"',
      'golden retire electricity --sampled --reason "a new market"',
    ],
  ).action(
    action(async (options: { sampled?: boolean; reason: string; json?: boolean }, model, ...ids) => {
      const { retireGolden } = await import('./golden-rows.ts');
      return retireGolden({ model: model, ids, isSampled: options.sampled === true, reason: options.reason });
    }),
  );
}
