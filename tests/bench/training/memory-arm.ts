/** A process that trains a decoder by one method, and says what it has held at most. Its memory is all that it is for. */
import process from 'node:process';
import { loadBackend } from '../../../infra/tensorflow/backend.ts';
import { peakMemoryMb } from '../../../training/peak-memory.ts';
import { randomTokens } from '../gpu/networks.ts';
import { tuned } from '../gpu/tuned.ts';
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
  peakMb: number;
  /** Tensors between two steps: the base, what is trained, and what the optimizer remembers. */
  tensorsMb: number;
  loss: number;
};

const MEGABYTE = 2 ** 20;

async function answer(question: MemoryQuestion): Promise<MemoryAnswer> {
  const { method, folder, kind, vocabulary, batch, length, steps } = question;
  const { tf } = await loadBackend();
  const floorMb = peakMemoryMb();
  const network = await tuned(tf, {
    folder,
    kind,
    method,
    tokens: randomTokens(vocabulary, batch, length, 3),
  });
  let loss = Number.NaN;
  for (let step = 0; step < steps; step += 1) {
    const taken = network.step();
    loss = (await taken.data())[0]!;
    taken.dispose();
  }
  const tensorsMb = Math.round(tf.memory().numBytes / MEGABYTE);
  return { floorMb, peakMb: peakMemoryMb(), tensorsMb, loss };
}

process.once('message', (question) => {
  answer(question as MemoryQuestion).then(
    (said) => process.send!(said, undefined, {}, () => process.exit(0)),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
