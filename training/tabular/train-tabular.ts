import { DriftloopError } from '../../domain/errors.ts';
import type { InputRow } from '../../domain/input.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import type { EpochScore, TrainingProgress } from '../../domain/run.ts';
import type { Classification } from '../../domain/task.ts';
import type { TabularSettings } from '../../domain/tabular-settings.ts';
import type { Backend } from '../backend.ts';
import { balancedWeights } from '../balanced-weights.ts';
import type { Checkpoints } from '../checkpoints/checkpoints.ts';
import { labelIndices } from '../label-indices.ts';
import { random, resumeRandom } from '../random.ts';
import { fit } from './fit.ts';
import type { FitState, TargetMatrix } from './fit.ts';
import { learnerOn } from './learner-on.ts';
import { initialWeights, silentInputs } from './network.ts';
import type { NetworkShape } from './network.ts';
import type { Targets } from './objective.ts';
import { plainLogits } from './plain-network.ts';
import { encode, fitPreprocessing, sayIdleColumns } from './preprocessing.ts';
import type { Preprocessing } from './preprocessing.ts';
import { calibrate } from '../temperature.ts';
import { warmStart } from './warm-start.ts';

export type TabularModel = Pick<ModelConfig, 'name' | 'input'> & { task: Classification };

/** Everything that answers an instance; what the artifact carries. */
export type TrainedTabular = {
  model: TabularModel;
  preprocessing: Preprocessing;
  network: NetworkShape;
  weights: Float32Array<ArrayBuffer>;
  temperature: number;
};

export type TabularReport = {
  seconds: number;
  steps: number;
  epochs: number;
  bestEpoch: number;
  validationLoss: number | null;
  backend: string;
  resumedAtStep: number | null;
  /** What a person should know: constant columns, a warm start that did not fit. */
  notes: string[];
};

export type LabelledRows = { rows: readonly InputRow[]; labels: readonly string[] };

export type TabularTraining = LabelledRows & {
  model: TabularModel;
  fineTune: TabularSettings;
  /** Default: plain JavaScript, which for a few thousand weights is the quickest and needs no library. */
  backend?: Backend;
  /** Rows for early stopping and calibration. Without them: the planned steps, temperature 1. */
  validation?: LabelledRows;
  /** The champion, to begin from its weights. */
  warmStart?: TrainedTabular;
  /** Default: the config's. */
  seed?: number;
  onProgress?: (progress: TrainingProgress) => void;
  onEpoch?: (score: EpochScore) => void;
  /** Where it keeps what it needs to go on, and what it goes on from. */
  checkpoints?: Checkpoints<FitState>;
  signal?: AbortSignal;
};

/**
 * Trains a tabular classifier: preprocessing fitted on `rows` alone, an MLP, early stopping and calibration on
 * `validation`. The same seed on the same backend gives the same weights. Leaves no tensor behind.
 *
 * @throws {DriftloopError} `DL_NO_TRAINING_ROWS`, `DL_UNKNOWN_LABEL`; the signal's reason when aborted.
 */
export async function trainTabular(
  training: TabularTraining,
): Promise<TrainedTabular & { report: TabularReport }> {
  const { model, fineTune, rows, validation, backend, checkpoints, signal } = training;
  const startedAt = performance.now();
  if (rows.length === 0)
    throw new DriftloopError('DL_NO_TRAINING_ROWS', `${model.name} was given no rows to train on.`, {
      fix: 'Wait until labelled rows have arrived, or give a file with rows.',
    });
  const labels = model.task.labels;
  const preprocessing = fitPreprocessing(model.input, rows);
  const train = labelled(training, preprocessing, training);
  const held =
    validation && validation.rows.length > 0 ? labelled(training, preprocessing, validation) : null;
  const network = {
    inputs: train.matrix.length / rows.length,
    hidden: fineTune.hidden,
    outputs: labels.length,
  };
  const chance = random(training.seed ?? fineTune.seed);
  const notes = whatRowsLack(training, preprocessing);
  const begun =
    training.warmStart && warmStart(withLabels(training.warmStart), { preprocessing, network, labels });
  if (begun && 'refusal' in begun)
    notes.push(`Trained from scratch, not from the champion: ${begun.refusal}.`);
  const initial =
    begun && 'weights' in begun
      ? begun.weights
      : initialWeights(network, chance, silentInputs(train.matrix, network.inputs));

  const name = backend?.name ?? 'javascript';
  const resumed = checkpoints?.resumed ?? null;
  const resumedAtStep = resumed?.step ?? null;
  const learner = learnerOn(backend, network, { initial, resumed: resumed?.learner ?? null });
  try {
    const fitted = await fit({
      learner,
      objective: 'cross-entropy',
      train,
      validation: held,
      rowWeights: fineTune.classWeights === 'balanced' ? rowWeights(train.targets, labels.length) : null,
      outputs: network.outputs,
      fineTune,
      random: resumed ? resumeRandom(resumed.random) : chance,
      onProgress: (progress) =>
        training.onProgress?.({ ...progress, memoryMb: null, backend: name, resumedAtStep }),
      ...(training.onEpoch ? { onEpoch: training.onEpoch } : {}),
      ...(checkpoints ? { checkpoints } : {}),
      signal,
    });
    const { weights, ...counts } = fitted;
    const temperature = held
      ? calibrate(plainLogits(network, weights, held.matrix, held.targets.length), held.targets)
      : 1;
    const seconds = (performance.now() - startedAt) / 1000;
    return {
      model,
      preprocessing,
      network,
      weights,
      temperature,
      report: { seconds, ...counts, backend: name, resumedAtStep, notes },
    };
  } finally {
    learner.dispose();
  }
}

/** What this version cannot have learnt, because its rows do not show it. */
function whatRowsLack({ model, labels }: TabularTraining, preprocessing: Preprocessing): string[] {
  const seen = new Set(labels);
  return [
    ...sayIdleColumns(preprocessing),
    ...model.task.labels
      .filter((label) => !seen.has(label))
      .map((label) => `No training row carries the label "${label}", so this version never answers it.`),
  ];
}

function labelled(
  { model }: TabularTraining,
  preprocessing: Preprocessing,
  { rows, labels }: LabelledRows,
): TargetMatrix {
  return { matrix: encode(preprocessing, rows).matrix, targets: labelIndices(model, labels) };
}

function rowWeights(labels: Targets, classes: number): Float32Array {
  const weights = balancedWeights(labels, classes);
  return Float32Array.from(labels, (label) => weights[label]!);
}

const withLabels = (trained: TrainedTabular) => ({ ...trained, labels: trained.model.task.labels });
