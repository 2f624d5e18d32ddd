import { action, documented } from './action.ts';
import { table } from '../output.ts';
import type { Command } from 'commander';
import { wholeNumber } from './numbers.ts';

const rate = (x: number | null | undefined) =>
  x === null || x === undefined ? 'unknown' : x.toFixed(3).replace(/^0/, '');

export function addModelCommands(program: Command): void {
  const model = program
    .command('model')
    .description('models: what is declared, how they fare, pause and resume');

  documented(model.command('list').description('every model with its champion'), [
    'model list',
    'model list --json',
  ]).action(
    action(async () => {
      const { withStores } = await import('../wiring.ts');
      const { listModels } = await import('./model-views.ts');
      return withStores(async (stores) => {
        const models = await listModels(stores);
        return {
          json: models,
          text:
            models.length === 0
              ? 'No models yet. A config declares them.'
              : table([
                  ['MODEL', 'CHAMPION', 'MODE', 'LABELLED', 'REGRET', 'ON TEST'],
                  ...models.map((m) => [
                    m.name,
                    m.champion ?? 'none',
                    m.mode,
                    String(m.labelled),
                    m.regret === null ? 'unknown' : m.regret.toFixed(1),
                    rate(m.accuracyOnTest),
                  ]),
                ]),
          next: models.length === 0 ? 'driftloop apply' : 'driftloop model show NAME',
        };
      });
    }),
  );

  documented(model.command('show').argument('<name>').description('one model: champion, versions, runs'), [
    'model show electricity',
  ]).action(
    action(async (_options, name) => {
      const { withStores } = await import('../wiring.ts');
      const { showModel } = await import('./model-views.ts');
      return withStores(async (stores) => showModel(stores, name));
    }),
  );

  documented(
    model
      .command('bootstrap')
      .argument('<name>')
      .requiredOption('--data <file>', 'a CSV file with a header')
      .requiredOption('--label <column>', 'the column with the label')
      .option('--time <column>', 'a column that is a time; it is not learnt from')
      .option('--ignore <column...>', 'columns to leave out')
      .option('--rows <n>', 'only the first so many rows', wholeNumber)
      .description('trains the first champion from a file'),
    ['model bootstrap electricity --data history.csv --label class'],
  ).action(
    action(
      async (
        options: {
          data: string;
          label: string;
          time?: string;
          ignore?: string[];
          rows?: number;
          json?: boolean;
        },
        name,
      ) => {
        const { bootstrapFromFile } = await import('./bootstrap.ts');
        return bootstrapFromFile({ model: name, ...options });
      },
    ),
  );

  for (const verb of ['pause', 'resume'] as const) {
    documented(
      model
        .command(verb)
        .argument('<name>')
        .description(
          verb === 'pause'
            ? 'the kill switch: no run starts, running ones stop before their next step'
            : 'takes the pause back',
        ),
      [`model ${verb} electricity`],
    ).action(
      action(async (_options, name) => {
        const { actWithLoop } = await import('../wiring.ts');
        return actWithLoop({ right: verb, model: name }, async ({ loop, stores, person }) => {
          await stores.models.get(name);
          await loop[verb](name, person.name);
          return {
            json: { model: name, paused: verb === 'pause' },
            text: `${name} is ${verb === 'pause' ? 'paused' : 'running again'}.`,
            next: `driftloop model show ${name}`,
          };
        });
      }),
    );
  }
}
