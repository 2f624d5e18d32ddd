import type { Command } from 'commander';
import type { GateOptions } from '../offline/gate.ts';
import { action, documented } from './action.ts';

export function addGateCommand(program: Command): void {
  documented(
    program
      .command('gate')
      .description('may a challenger take the champion’s place? judged on labelled rows; needs no service')
      .requiredOption('--champion <dir>', 'the folder of the version that answers now')
      .requiredOption('--challenger <dir>', 'the folder of the version that may take its place')
      .requiredOption('--test <file>', 'labelled rows that neither has seen')
      .requiredOption('--label <column>', 'the column with the label')
      .option('--entity <column>', 'a column that says whom a row is about: rows of one count once')
      .option('--pinned <file>', 'rows that must be answered right, whatever else')
      .option('--config <file>', 'a config whose model says what the gate asks')
      .option('--model <name>', 'which model of the config'),
    [
      'gate --champion ./v1 --challenger ./v2 --test newest.csv --label class',
      'gate --champion ./v1 --challenger ./v2 --test newest.csv --label class --config driftloop.config.ts',
    ],
  ).action(
    action(async (options: GateOptions & { json?: boolean }) => {
      const { gate } = await import('../offline/gate.ts');
      return gate(options);
    }),
  );
}
