/**
 * A process that fine-tunes a decoder by one method, as `driftloop finetune` does: it loads a base, trains and writes what
 * came of it. It says what it has held at most; its memory is all that it is for.
 */
import path from 'node:path';
import process from 'node:process';
import { loadBackend } from '../../../infra/tensorflow/backend.ts';
import { fitNetwork } from '../../../training/fine-tuning/fit-network.ts';
import { writeModelFolder } from '../../../training/models/model-folder.ts';
import { adamw } from '../../../training/optimization/adamw.ts';
import { peakMemoryMb } from '../../../training/peak-memory.ts';
import { disposeNetwork } from '../../../training/quantisation/quantised-network.ts';
import { randomTokens } from '../gpu/networks.ts';
import { openTuned } from '../gpu/tuned.ts';
import type { Method } from '../gpu/tuned.ts';

export type MemoryQuestion = {
  method: Method;
  folder: string;
  kind: string;
  vocabulary: number;
  batch: number;
  length: number;
  steps: number;
};

export type MemoryAnswer = {
  /** Before anything of the network is there: Node, TensorFlow and the code. */
  floorMb: number;
  /** When the base is there, and at the end. */
  loadedMb: number;
  peakMb: number;
  /** What is frozen, as TensorFlow counts, in bytes. */
  baseBytes: number;
  loss: number;
};

async function answer({
  method,
  folder,
  kind,
  vocabulary,
  batch,
  length,
  steps,
}: MemoryQuestion): Promise<MemoryAnswer> {
  const { tf } = await loadBackend('generation');
  const floorMb = peakMemoryMb();
  const before = tf.memory().numBytes;
  const tokens = randomTokens(vocabulary, batch, length, 3);
  const { network, held, parameters, part } = await openTuned(tf, { folder, kind, method, tokens });
  const trainedBytes = 4 * parameters.reduce((sum, { variable }) => sum + variable.size, 0);
  const baseBytes = tf.memory().numBytes - before - trainedBytes;
  const loadedMb = peakMemoryMb();
  let loss = Number.NaN;
  await fitNetwork({
    tf,
    tunable: { rows: batch * steps, lengths: null, parameters, parts: () => [part], validate: null },
    rule: adamw(),
    settings: settingsOf(batch),
    onProgress: ({ trainLoss }) => (loss = trainLoss ?? loss),
  });
  const settled = { ...network, parameters: held.settled() };
  await writeModelFolder(path.join(folder, method), settled, {}, null);
  held.dispose();
  disposeNetwork(tf, network);
  return { floorMb, loadedMb, peakMb: peakMemoryMb(), baseBytes, loss };
}

const settingsOf = (batchSize: number) =>
  ({
    learningRate: 1e-3,
    schedule: { kind: 'constant' },
    warmupShare: 0,
    batchSize,
    epochs: 1,
    maxNorm: 1,
    patience: 1,
    seed: 1,
  }) as const;

process.once('message', (question) => {
  answer(question as MemoryQuestion).then(
    (said) => process.send!(said, undefined, {}, () => process.exit(0)),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
