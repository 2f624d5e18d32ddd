import type { Command } from 'commander';
import { action, documented } from './action.ts';
import { wholeNumber } from './numbers.ts';
import type { GoldenRow } from '../../domain/golden.ts';
import type { Pinned } from '../operate/golden.ts';
import { table } from '../output.ts';
import type { Answer } from '../output.ts';

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
        const { withDriftloop } = await import('../wiring.ts');
        return withDriftloop(async ({ golden: noun }) => sayPinned(await noun.add(model, options)));
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
      const { withDriftloop } = await import('../wiring.ts');
      return withDriftloop(async ({ golden: noun }) => sayPinned(await noun.sample(model, options)));
    }),
  );

  documented(golden.command('list').argument('<model>').description('the golden rows in force'), [
    'golden list electricity',
  ]).action(
    action(async (_options, model) => {
      const { withDriftloop } = await import('../wiring.ts');
      return withDriftloop(async ({ golden: noun }) => sayGolden(model, await noun.list(model)));
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
      const { withDriftloop } = await import('../wiring.ts');
      return withDriftloop(async ({ golden: noun }) => {
        const json = await noun.retire(model, {
          ids,
          sampled: options.sampled === true,
          reason: options.reason,
        });
        return {
          json,
          text: `${json.retired} golden ${json.retired === 1 ? 'row' : 'rows'} of ${model} retired.`,
          next: `driftloop golden list ${model}`,
        };
      });
    }),
  );
}

const sayPinned = (pinned: Pinned): Answer => ({
  json: pinned,
  text:
    `${pinned.added} ${pinned.added === 1 ? 'row is' : 'rows are'} golden now (${pinned.kind}).` +
    (pinned.known === 0 ? '' : ` ${pinned.known} were so already.`),
  next: `driftloop golden list ${pinned.model}`,
});

const sayGolden = (model: string, rows: readonly GoldenRow[]): Answer => ({
  json: rows,
  text:
    rows.length === 0
      ? `No golden rows of ${model}.`
      : table([
          ['ID', 'KIND', 'LABEL', 'INPUT'],
          ...rows.map(({ id, kind, label, input }) => [
            id.slice(0, 12),
            kind,
            label,
            short(JSON.stringify(input)),
          ]),
        ]),
  next:
    rows.length === 0
      ? `driftloop golden add ${model} --data FILE --label COLUMN`
      : `driftloop golden retire ${model} ID --reason "…"`,
});

const short = (text: string): string => (text.length > 80 ? `${text.slice(0, 77)}…` : text);
