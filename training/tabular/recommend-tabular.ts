import type { InputRow } from '../../domain/input.ts';
import { fineTuneSchema } from '../../domain/model-config.ts';
import type { FineTune } from '../../domain/model-config.ts';
import type { TabularModel } from './train-tabular.ts';

/** A setting as a person reads it, with the reason. */
export type SaidSetting = { name: string; value: string; because: string };

/** The widest first; the first that a file reaches is taken. Measured: docs/decisions/offline-fine-tuning.md. */
const WIDTHS = [
  { rows: 20_000, columns: 0, hidden: [128, 64], because: 'enough rows to fill wide layers' },
  { rows: 500, columns: 32, hidden: [128, 64], because: 'with many columns narrower layers score worse' },
  { rows: 500, columns: 0, hidden: [64, 32], because: 'twice the units score no better, half of them worse' },
  { rows: 0, columns: 0, hidden: [32], because: 'few rows, which more units would learn by heart' },
] as const;
/** From so many rows on a larger batch takes the same number of looks at the data in fewer steps. */
const LARGE_BATCH = { rows: 20_000, batchSize: 256 };
const MAX_STEPS = 12_000;

/** Settings for training a network from scratch on these rows; those of a config are taken as they are. */
export function recommendTabular(
  { input }: Pick<TabularModel, 'input'>,
  rows: readonly InputRow[],
  { given, seed }: { given: FineTune | null; seed: number | undefined },
): { fineTune: FineTune; settings: SaidSetting[] } {
  const count = rows.length.toLocaleString('en-US');
  const columns = Object.keys(input).length;
  const { hidden, because: why } = WIDTHS.find(
    (width) => rows.length >= width.rows && columns >= width.columns,
  )!;
  const batchSize = rows.length >= LARGE_BATCH.rows ? LARGE_BATCH.batchSize : undefined;
  const usual = { method: 'full', hidden: [...hidden], maxSteps: MAX_STEPS, ...(batchSize && { batchSize }) };
  const fineTune: FineTune = {
    ...(given ?? fineTuneSchema.parse(usual)),
    ...(seed === undefined ? {} : { seed }),
  };
  const because = (reason: string) => (given === null ? reason : 'the config says so');
  return {
    fineTune,
    settings: [
      {
        name: 'method',
        value: fineTune.method,
        because: 'a network for columns is small, so every weight learns, from scratch',
      },
      {
        name: 'hidden layers',
        value: fineTune.hidden.join(', ') || 'none',
        because: because(`${count} rows of ${columns} columns: ${why}`),
      },
      {
        name: 'learning rate',
        value: `${fineTune.learningRate}, falling to 0`,
        because: because('large steps first, small ones to settle; Adam fits the rest to each weight'),
      },
      {
        name: 'batch size',
        value: String(fineTune.batchSize),
        because: because(
          batchSize === undefined
            ? 'small batches find good weights in few passes over few rows'
            : 'with so many rows, larger batches give steadier steps',
        ),
      },
      {
        name: 'length',
        value: `at most ${fineTune.epochs} epochs`,
        because: `it stops when ${fineTune.patience} epochs bring no smaller validation loss, and keeps the best one`,
      },
      {
        name: 'validation',
        value: `${Math.round(fineTune.validationShare * 100)} % of the rows`,
        because: 'they say when to stop, and what the scores are worth; the test file has no part in that',
      },
      {
        name: 'seed',
        value: String(fineTune.seed),
        because: 'the same seed, rows and settings give the same version',
      },
    ],
  };
}
