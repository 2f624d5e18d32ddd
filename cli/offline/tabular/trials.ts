import type { InputRow } from '../../../domain/input.ts';
import type { TabularSettings } from '../../../domain/tabular-settings.ts';
import { loadBackend } from '../../../infra/tensorflow/backend.ts';
import { trainingsInStretches } from '../../../training/search/trials.ts';
import type { Stretch } from '../../../training/search/trials.ts';
import type { FitState } from '../../../training/tabular/fit.ts';
import { pausing, plannedEpochs } from '../../../training/tabular/pause-tabular.ts';
import { trainRegression } from '../../../training/tabular/train-regression.ts';
import { trainTabular } from '../../../training/tabular/train-tabular.ts';
import type { Example, Searching } from '../offline-task.ts';
import { rowModel } from '../row-model.ts';

type Open = Searching<InputRow, TabularSettings>['open'];

/** Networks for columns are small: they train in this process, and wait in its memory. */
export const openTabularTrials: Open = async (training) => {
  const backend = await loadBackend();
  const states = new Map<number, FitState>();
  const { candidates, train } = training;
  return {
    epochs: plannedEpochs(train.length, candidates[0]!),
    advance: trainingsInStretches<FitState>(
      async (trial, stretch) => {
        await trainStretch({ ...training, fineTune: candidates[trial]!, backend }, stretch);
      },
      {
        save: async (trial, state) => void states.set(trial, state),
        load: async (trial) => states.get(trial) ?? null,
      },
    ),
    close: async () => states.clear(),
  };
};

type StretchOf = Omit<Parameters<Open>[0], 'candidates'> & {
  fineTune: TabularSettings;
  backend: Awaited<ReturnType<typeof loadBackend>>;
};

async function trainStretch(
  { described, fineTune, train, validation, backend, signal }: StretchOf,
  stretch: Stretch<FitState>,
): Promise<void> {
  const { name, input, task } = rowModel(described.model);
  const common = {
    fineTune,
    backend,
    checkpoints: pausing(train.length, fineTune, stretch),
    onEpoch: (score: { validation: { loss: number; score: number } | null }) => {
      if (score.validation) stretch.onScore(score.validation);
    },
    signal,
  };
  const rowsOf = (of: readonly Example<InputRow>[]) => of.map((row) => row.input);
  if (task.kind === 'regression') {
    const valued = (of: readonly Example<InputRow>[]) => ({
      rows: rowsOf(of),
      values: of.map(({ label }) => Number(label)),
    });
    const model = { name, input, task };
    await trainRegression({ ...common, model, ...valued(train), validation: valued(validation) });
    return;
  }
  const labelled = (of: readonly Example<InputRow>[]) => ({
    rows: rowsOf(of),
    labels: of.map(({ label }) => label),
  });
  const model = { name, input, task };
  await trainTabular({ ...common, model, ...labelled(train), validation: labelled(validation) });
}
