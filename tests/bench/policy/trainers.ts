import { loadBackend } from '../../../infra/tensorflow/backend.ts';
import type { Backend } from '../../../training/backend.ts';
import type { ReplayStream } from '../../../training/replay/replay.ts';
import { tabularLogits } from '../../../training/tabular/predict-tabular.ts';
import { tabularSettings } from '../../../training/tabular/settings.ts';
import { trainTabular } from '../../../training/tabular/train-tabular.ts';
import { predictMlp, trainMlp, type Matrix } from './plain-mlp.ts';
import type { Table } from './table.ts';
import { labelsOfTask } from '../../../domain/task.ts';
import { classificationOf } from '../../../cli/offline/text/labelled.ts';

/**
 * Who trains in a replay: the product's trainer on TensorFlow or on typed arrays, or an independent peer of it. All
 * learn the same network from scratch, without early stopping, as the prototype did.
 */
export type TrainerName = 'tensorflow' | 'javascript' | 'plain';
export const trainerNames: readonly TrainerName[] = ['tensorflow', 'javascript', 'plain'];

type Ports<Model> = Pick<ReplayStream<Model>, 'train' | 'predict'>;

/** `seed` and the version's number seed each training. */
const seedOf = (seed: number, version: number): number => seed * 1_000 + version;

/** A replay's training and prediction on a table. `use` is called with them, whatever their model is. */
export async function withTrainer<Result>(
  trainer: TrainerName,
  table: Table,
  seed: number,
  use: <Model>(ports: Ports<Model>) => Promise<Result>,
): Promise<Result> {
  if (trainer === 'plain') return await use(plainPorts(table, seed));
  return await use(productPorts(table, seed, trainer === 'tensorflow' ? await loadBackend() : undefined));
}

/** The name of what computes, as it is reported. */
export const backendOf = async (trainer: TrainerName): Promise<string> =>
  trainer === 'tensorflow' ? (await loadBackend()).name : trainer;

function productPorts({ model, rows, labels }: Table, seed: number, backend: Backend | undefined) {
  const fineTune = tabularSettings(model.fineTune);
  const ports: Ports<Awaited<ReturnType<typeof trainTabular>>> = {
    train: ({ from, to, version }) =>
      trainTabular({
        model: { ...model, task: classificationOf(model) },
        fineTune,
        rows: rows.slice(from, to),
        labels: labels.slice(from, to),
        seed: seedOf(seed, version),
        ...(backend ? { backend } : {}),
      }),
    predict: (trained, from, to) =>
      largest(tabularLogits(trained, rows.slice(from, to)), labelsOfTask(model.task).length),
  };
  return ports;
}

/** Numbers as they are, words one-hot, missing values as 0 before standardising. */
function plainPorts({ model, rows, codes }: Table, seed: number): Ports<ReturnType<typeof trainMlp>> {
  const columns = Object.entries(model.input).flatMap(
    ([name, feature]): { name: string; word: string | null }[] =>
      feature.kind === 'category' ? feature.values.map((word) => ({ name, word })) : [{ name, word: null }],
  );
  const values = Float32Array.from({ length: rows.length * columns.length }, (_, i) => {
    const { name, word } = columns[i % columns.length]!;
    const value = rows[Math.floor(i / columns.length)]![name] ?? 0;
    return word === null ? Number(value) : Number(value === word);
  });
  const data: Matrix = { values, rows: rows.length, columns: columns.length };
  const classes = labelsOfTask(model.task).length;
  return {
    train: ({ from, to, version }) =>
      trainMlp(data, codes, { from, to, classes, seed: seedOf(seed, version) }),
    predict: (mlp, from, to) => predictMlp(mlp, data, from, to),
  };
}

function largest(logits: Float32Array, classes: number): Uint8Array {
  const out = new Uint8Array(logits.length / classes);
  for (let row = 0; row < out.length; row += 1) {
    for (let c = 1; c < classes; c += 1) {
      if (logits[row * classes + c]! > logits[row * classes + out[row]!]!) out[row] = c;
    }
  }
  return out;
}
