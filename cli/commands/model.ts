import { action, documented } from './action.ts';
import type { LabelledFile } from '../operate/model.ts';
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
      const { withDriftloop } = await import('../wiring.ts');
      return withDriftloop(async ({ model: noun }) => {
        const models = await noun.list();
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
      const { withDriftloop } = await import('../wiring.ts');
      const { showModel } = await import('./model-views.ts');
      return withDriftloop(async ({ model: noun }) => showModel(await noun.get(name)));
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
    action(async (options: LabelledFile & { json?: boolean }, name) => {
      const { withDriftloop } = await import('../wiring.ts');
      return withDriftloop(async ({ model: noun }) => {
        const { version, rows } = await noun.bootstrap(name, options);
        return {
          json: version,
          text:
            `${version.version} of ${name}, trained from ${rows} rows, answers all traffic; ` +
            `the share of right answers to the newest of them, which it has not seen, is ${version.accuracyOnTest?.toFixed(3)}.`,
          next: `driftloop model show ${name}`,
        };
      });
    }),
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
        const { withDriftloop } = await import('../wiring.ts');
        return withDriftloop(async ({ model: noun }) => ({
          json: await noun[verb](name),
          text: `${name} is ${verb === 'pause' ? 'paused' : 'running again'}.`,
          next: `driftloop model show ${name}`,
        }));
      }),
    );
  }
}
