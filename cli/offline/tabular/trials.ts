import type { InputRow } from '../../../domain/input.ts';
import type { TabularSettings } from '../../../domain/tabular-settings.ts';
import { loadBackend } from '../../../infra/tensorflow/backend.ts';
import type { FitState } from '../../../training/tabular/fit.ts';
import { statesInMemory, tabularTrials } from '../../../training/tabular/tabular-trials.ts';
import type { TabularTrials } from '../../../training/tabular/tabular-trials.ts';
import { trainRegression } from '../../../training/tabular/train-regression.ts';
import { trainTabular } from '../../../training/tabular/train-tabular.ts';
import type { Example, Searching } from '../offline-task.ts';
import { rowModel } from '../row-model.ts';
import { labelledRows } from '../text/labelled.ts';

type Open = Searching<InputRow, TabularSettings>['open'];

/** Networks for columns are small: they train in this process. */
export const openTabularTrials: Open = async (training) => {
  const { candidates, train } = training;
  const backend = await loadBackend();
  return {
    ...tabularTrials({
      candidates,
      rows: train.length,
      train: (fineTune, stretch) => trainStretch({ ...training, fineTune, backend }, stretch),
      states: statesInMemory<FitState>(),
    }),
    close: async () => {},
  };
};

type StretchOf = Omit<Parameters<Open>[0], 'candidates'> & {
  fineTune: TabularSettings;
  backend: Awaited<ReturnType<typeof loadBackend>>;
};

async function trainStretch(
  { described, fineTune, train, validation, backend, signal }: StretchOf,
  stretch: Parameters<TabularTrials['train']>[1],
): Promise<void> {
  const { name, input, task } = rowModel(described.model);
  const common = { ...stretch, fineTune, backend, signal };
  if (task.kind === 'regression') {
    const valued = (of: readonly Example<InputRow>[]) => ({
      rows: of.map((row) => row.input),
      values: of.map(({ label }) => Number(label)),
    });
    const model = { name, input, task };
    await trainRegression({ ...common, model, ...valued(train), validation: valued(validation) });
    return;
  }
  const model = { name, input, task };
  await trainTabular({ ...common, model, ...labelledRows(train), validation: labelledRows(validation) });
}
