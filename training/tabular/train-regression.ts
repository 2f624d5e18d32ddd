import { DriftloopError } from '../../domain/errors.ts';
import type { InputRow } from '../../domain/input.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import type { EpochScore, TrainingProgress } from '../../domain/run.ts';
import type { TabularSettings } from '../../domain/tabular-settings.ts';
import type { Regression, ValueOutput } from '../../domain/task.ts';
import type { Backend } from '../backend.ts';
import type { Checkpoints } from '../checkpoints/checkpoints.ts';
import { random, resumeRandom } from '../random.ts';
import { fit } from './fit.ts';
import type { FitState, TargetMatrix } from './fit.ts';
import { learnerOn } from './learner-on.ts';
import { initialWeights, silentInputs } from './network.ts';
import type { NetworkShape } from './network.ts';
import { tabularLogits } from './predict-tabular.ts';
import { encode, fitPreprocessing, sayIdleColumns } from './preprocessing.ts';
import type { Preprocessing } from './preprocessing.ts';
import type { TabularReport } from './train-tabular.ts';

export type RegressionModel = Pick<ModelConfig, 'name' | 'input'> & { task: Regression };
export type ValuedRows = { rows: readonly InputRow[]; values: readonly number[] };

/** Everything that answers an instance with a number; what the artifact carries. */
export type TrainedRegressor = {
  model: RegressionModel;
  preprocessing: Preprocessing;
  network: NetworkShape;
  weights: Float32Array<ArrayBuffer>;
  /** The network answers (value − mean) / deviation. */
  target: { mean: number; deviation: number };
};

export type RegressionTraining = ValuedRows & {
  model: RegressionModel;
  fineTune: TabularSettings;
  /** Default: plain JavaScript. */
  backend?: Backend;
  /** Rows for early stopping. Without them: the planned steps. */
  validation?: ValuedRows;
  onProgress?: (progress: TrainingProgress) => void;
  onEpoch?: (score: EpochScore) => void;
  /** Where it keeps what it needs to go on, and what it goes on from. */
  checkpoints?: Checkpoints<FitState>;
  signal?: AbortSignal;
};

/**
 * Trains a tabular regression: the same network as for labels with one output, down the mean squared error of the
 * standardised numbers. The same seed on the same backend gives the same weights. Leaves no tensor behind.
 *
 * @throws {DriftloopError} `DL_NO_TRAINING_ROWS`; the signal's reason when aborted.
 */
export async function trainRegression(
  training: RegressionTraining,
): Promise<TrainedRegressor & { report: TabularReport }> {
  const { model, fineTune, rows, values, validation, backend, checkpoints, signal } = training;
  const startedAt = performance.now();
  if (rows.length === 0)
    throw new DriftloopError('DL_NO_TRAINING_ROWS', `${model.name} was given no rows to train on.`, {
      fix: 'Give a file with rows.',
    });
  const preprocessing = fitPreprocessing(model.input, rows);
  const target = meanAndDeviation(values);
  const encoded = (of: ValuedRows): TargetMatrix => ({
    matrix: encode(preprocessing, of.rows).matrix,
    targets: Float32Array.from(of.values, (value) => (value - target.mean) / target.deviation),
  });
  const train = encoded({ rows, values });
  const network = { inputs: train.matrix.length / rows.length, hidden: fineTune.hidden, outputs: 1 };
  const chance = random(fineTune.seed);
  const initial = initialWeights(network, chance, silentInputs(train.matrix, network.inputs));
  const name = backend?.name ?? 'javascript';
  const resumed = checkpoints?.resumed ?? null;
  const resumedAtStep = resumed?.step ?? null;
  const learner = learnerOn(backend, network, {
    initial,
    resumed: resumed?.learner ?? null,
    objective: 'squared-error',
  });
  try {
    const { weights, ...counts } = await fit({
      learner,
      objective: 'squared-error',
      train,
      validation: validation && validation.rows.length > 0 ? encoded(validation) : null,
      rowWeights: null,
      outputs: 1,
      fineTune,
      random: resumed ? resumeRandom(resumed.random) : chance,
      onProgress: (progress) =>
        training.onProgress?.({ ...progress, memoryMb: null, backend: name, resumedAtStep }),
      ...(training.onEpoch ? { onEpoch: training.onEpoch } : {}),
      ...(checkpoints ? { checkpoints } : {}),
      signal,
    });
    const notes = sayIdleColumns(preprocessing);
    const seconds = (performance.now() - startedAt) / 1000;
    return {
      model,
      preprocessing,
      network,
      weights,
      target,
      report: { seconds, ...counts, backend: name, resumedAtStep, notes },
    };
  } finally {
    learner.dispose();
  }
}

/** Answers rows in order. */
export function predictValues(trained: TrainedRegressor, rows: readonly InputRow[]): ValueOutput[] {
  const { mean, deviation } = trained.target;
  return Array.from(tabularLogits(trained, rows), (z) => ({ value: mean + deviation * z }));
}

/** A number that never changes keeps its size: there is nothing to standardise by. */
function meanAndDeviation(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return { mean, deviation: deviation > 0 ? deviation : 1 };
}
