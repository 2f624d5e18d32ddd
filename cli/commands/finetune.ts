import { Option } from 'commander';
import type { Command } from 'commander';
import { methods, USUAL_TRIALS } from '../../domain/fine-tune-config.ts';
import { taskKinds } from '../offline/offline-task.ts';
import type { EvaluateOptions } from '../offline/evaluate.ts';
import type { FinetuneOptions } from '../offline/finetune.ts';
import type { PredictOptions } from '../offline/predict.ts';
import { action, documented } from './action.ts';
import { countingNumber, positiveNumber, wholeNumber } from './numbers.ts';
import { searchBudget } from './search-budget.ts';

/** As commander has it: an option without its value is true. */
type Given = Omit<FinetuneOptions, 'search'> & {
  search?: true | FinetuneOptions['search'];
  json?: boolean;
};

/** What works on files alone, without any service. */
export function addOfflineCommands(program: Command): void {
  documented(
    program
      .command('finetune')
      .description('train a version from a file, test it on another, and report; needs no service')
      .requiredOption('--train <file>', 'rows to train on: CSV with a header, or one JSON object a line')
      .requiredOption('--test <file>', 'rows to test on, once, at the end')
      .requiredOption('--out <dir>', 'a new folder for the version, its metrics and its report')
      .option(
        '--label <column>',
        'the column with the label (default: "label", of texts also "labels", where there is one)',
      )
      .option(
        '--multi-label',
        'a text may have any number of labels: "a|b" in a cell, "|" for none (default: where JSON lines have lists)',
      )
      .option('--time <column>', 'a column that is a time; the newest rows validate, it is not learnt from')
      .option('--entity <column>', 'a column that says whom a row is about; whole ones validate')
      .option('--ignore <column...>', 'columns to leave out')
      .option(
        '--image-size <size>',
        'how large images are, such as 28x28 or 28x28x3 (default: seen in the file)',
      )
      .option('--config <file>', 'a config whose model says task, input and settings')
      .option('--model <name>', 'which model of the config')
      .addOption(
        new Option('--task <task>', 'what kind of rows (default: seen in the file)').choices(taskKinds),
      )
      .addOption(new Option('--method <method>', "how to train (default: the task's)").choices(methods))
      .option('--base <base>', 'a folder or hf:owner/name to begin from')
      .addOption(
        new Option(
          '--search [budget]',
          `try settings, and train with the best: so many (default: ${USUAL_TRIALS}), or for a time such as 20m`,
        ).argParser(searchBudget),
      )
      .option(
        '--keep <file>',
        'rows of what the base was trained on: they are rehearsed, some of them measure',
      )
      .option('--golden <file>', 'old rows that only measure what is kept, before and after')
      .addOption(
        new Option('--protection <how>', 'none: old rows only measure, and forgetting is let happen')
          .choices(['usual', 'none'])
          .default('usual'),
      )
      .option('--epochs <n>', 'passes over the training rows, at most', countingNumber)
      .option('--learning-rate <rate>', 'the highest learning rate', positiveNumber)
      .option('--batch-size <n>', 'rows a step', countingNumber)
      .option('--seed <n>', 'the same seed, rows and settings give the same version', wholeNumber),
    [
      'finetune --train train.csv --test test.csv --label class --out ./v1',
      'finetune --train train.csv --test test.csv --label class --time date --config driftloop.config.ts --out ./v1 --json',
    ],
  ).action(
    action(async ({ search, ...options }: Given) => {
      const { finetune } = await import('../offline/finetune.ts');
      const budget = search === true ? { trials: USUAL_TRIALS } : search;
      return finetune({ ...options, ...(budget === undefined ? {} : { search: budget }) });
    }),
  );

  documented(
    program
      .command('evaluate')
      .description('what a trained version scores on a file of labelled rows; needs no service')
      .requiredOption('--artifact <dir>', 'the folder of a version')
      .requiredOption('--test <file>', 'labelled rows')
      .option('--config <file>', 'a config that names the program of the version, where it has one')
      .option('--label <column>', 'the column with the label (default: the one that it was trained with)'),
    ['evaluate --artifact ./v1 --test newer.csv'],
  ).action(
    action(async (options: EvaluateOptions & { json?: boolean }) => {
      const { evaluate } = await import('../offline/evaluate.ts');
      return evaluate(options);
    }),
  );

  documented(
    program
      .command('predict')
      .description('label and scores of every row of a file, a JSON line each; needs no service')
      .requiredOption('--artifact <dir>', 'the folder of a version')
      .requiredOption('--data <file>', 'rows; columns that the version does not know are passed over')
      .option('--config <file>', 'a config that names the program of the version, where it has one')
      .option('--out <file>', 'write the lines there, and say how many of each label'),
    ['predict --artifact ./v1 --data new.csv', 'predict --artifact ./v1 --data new.csv --out answers.jsonl'],
  ).action(
    action(async (options: PredictOptions & { out?: string; json?: boolean }) => {
      const { predict } = await import('../offline/predict.ts');
      return predict(options);
    }),
  );
}
