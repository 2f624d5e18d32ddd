import { Option } from 'commander';
import type { Command } from 'commander';
import { templates } from '../init/template-names.ts';
import { action, documented } from './action.ts';

type InitOptions = {
  data?: string;
  label?: string;
  time?: string;
  ignore?: string[];
  template?: string;
  yes?: boolean;
  json?: boolean;
};

export function addInitCommand(program: Command): void {
  documented(
    program
      .command('init')
      .argument('[folder]', 'where', '.')
      .option('--data <file>', 'labelled rows to look at: CSV, or JSON lines')
      .option('--label <column>', 'the column with the label')
      .option('--time <column>', 'the column with the time of a row')
      .option('--ignore <column...>', 'columns that are not learnt from')
      .addOption(new Option('--template <name>', 'made-up rows to begin with').choices(templates))
      .option('-y, --yes', 'ask nothing')
      .description('writes a config, a client and a README for rows of your own, or for made-up ones'),
    ['init churn --data customers.csv --label outcome', 'init churn --template tabular --yes', 'init'],
  ).action(
    action(async (options: InitOptions, folder = '.') => {
      const [{ init }, { askWhatIsNotSaid }] = await Promise.all([
        import('../init/init.ts'),
        import('../init/ask.ts'),
      ]);
      return init({ folder, ...(await askWhatIsNotSaid(options)) });
    }),
  );
}
