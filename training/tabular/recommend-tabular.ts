import { count } from '../../domain/count.ts';
import type { InputRow } from '../../domain/input.ts';
import type { OpenWish, SearchWish } from '../../domain/fine-tune-config.ts';
import type { TabularSettings } from '../../domain/tabular-settings.ts';
import { becauseOf, sayRate, sayRest } from '../search/say-settings.ts';
import type { SaidSetting } from '../search/say-settings.ts';
import { tabularSpace } from '../search/space.ts';
import type { Space } from '../search/space.ts';
import { LOOP_SETTINGS, tabularSettings } from './settings.ts';
import type { TabularModel } from './train-tabular.ts';

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

/** What a search chooses from: the layers that any file gets, and rates around the usual one. */
export const searchSpace = (
  model: Pick<TabularModel, 'input'>,
  rows: readonly InputRow[],
  wish: SearchWish,
): Space => spaceAround(recommendTabular(model, rows, wish).fineTune, wish);

/** The same around settings that are known. */
export function spaceAround(
  usual: Pick<TabularSettings, 'hidden' | 'learningRate'>,
  { over }: Pick<SearchWish, 'over'>,
): Space {
  const widths = new Map(WIDTHS.map(({ hidden }) => [hidden.join(), hidden]));
  return tabularSpace(usual, [...widths.values()], over);
}

/** Settings for training a network from scratch on these rows, each with its reason; wishes are taken as they are. */
export function recommendTabular(
  { input }: Pick<TabularModel, 'input'>,
  rows: readonly InputRow[],
  wish: OpenWish = {},
): { fineTune: TabularSettings; settings: SaidSetting[] } {
  const columns = Object.keys(input).length;
  const { hidden, because: why } = WIDTHS.find(
    (width) => rows.length >= width.rows && columns >= width.columns,
  )!;
  const isLarge = rows.length >= LARGE_BATCH.rows;
  const fineTune = tabularSettings(wish, {
    ...LOOP_SETTINGS,
    hidden,
    maxSteps: MAX_STEPS,
    ...(isLarge ? { batchSize: LARGE_BATCH.batchSize } : {}),
  });
  const because = becauseOf(wish);
  return {
    fineTune,
    settings: [
      {
        name: 'method',
        value: 'full',
        because: 'a network for columns is small, so every weight learns, from scratch',
      },
      {
        name: 'hidden layers',
        value: fineTune.hidden.join(', ') || 'none',
        because: because('hidden', `${count(rows.length)} rows of ${columns} columns: ${why}`),
      },
      {
        name: 'learning rate',
        value: sayRate(fineTune),
        because: because(
          'learningRate',
          'large steps first, small ones to settle; Adam fits the rest to each weight',
        ),
      },
      {
        name: 'batch size',
        value: String(fineTune.batchSize),
        because: because(
          'batchSize',
          isLarge
            ? 'with so many rows, larger batches give steadier steps'
            : 'small batches find good weights in few passes over few rows',
        ),
      },
      ...(fineTune.classWeights === 'none'
        ? []
        : [{ name: 'class weights', value: 'balanced', because: because('classWeights', '') }]),
      ...sayRest(fineTune),
    ],
  };
}
