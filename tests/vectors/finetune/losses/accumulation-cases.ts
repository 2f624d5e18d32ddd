import type { Scalar } from '@tensorflow/tfjs';
import { expect } from 'vitest';
import type { Tf } from '../../../../training/backend.ts';
import { trainOnly } from '../../../../training/models/parameters.ts';
import { accumulatedGradients } from '../../../../training/optimization/gradient-accumulation.ts';
import { globalNorm } from '../../../../training/optimization/global-norm.ts';
import { trainingTask } from '../training-task.ts';
import { vectorModels } from '../vector-model.ts';
import type { VectorModel } from '../vector-model.ts';
import { withNetwork } from '../with-network.ts';
import { onlyKnown } from './case.ts';
import type { LossCase } from './case.ts';
import { expectAll } from './tensors.ts';

type Case = { full_loss: number; full_grad_norm: number } & (
  | { micro_losses: number[]; mean_of_micro: number; accumulated_grad_norm: number }
  | {
      micro_batches: string;
      token_counts: number[];
      micro_mean_losses: number[];
      token_weighted: number;
      naive_mean_of_means: number;
      token_weighted_grad_norm: number;
      naive_grad_norm: number;
    }
);
type Rows = readonly [from: number, to: number];

const LOSS = { rel: 1e-5 };
const NORM = { rel: 1e-4 };
const KNOWN = {
  equal: 'full_loss micro_losses mean_of_micro full_grad_norm accumulated_grad_norm max_abs_grad_diff',
  unequal:
    'micro_batches token_counts full_loss micro_mean_losses token_weighted naive_mean_of_means full_grad_norm token_weighted_grad_norm naive_grad_norm token_weighted_max_abs_grad_diff naive_max_abs_grad_diff',
};

/** gradient_accumulation.json: a batch in parts has loss and gradients of the whole. */
export const accumulationCases = (vector: unknown): LossCase[] =>
  Object.entries(vector as Record<string, Case>).map(([key, c]) => {
    const folder = key.replace('_equal_microbatches', '').replaceAll('_', '-');
    return { name: `${folder} in parts`, run: (tf) => expectParts(tf, modelOf(folder), c) };
  });

function modelOf(name: string): VectorModel {
  const model = vectorModels().find((known) => known.name === name);
  if (!model) throw new Error(`gradient_accumulation.json speaks of a model "${name}" that is not there`);
  return model;
}

async function expectParts(tf: Tf, model: VectorModel, c: Case): Promise<void> {
  const isEqual = 'micro_losses' in c;
  onlyKnown(c, isEqual ? KNOWN.equal : KNOWN.unequal, 'gradient_accumulation.json');
  const rows = batchOf(model).length;
  const means = isEqual ? c.micro_losses : c.micro_mean_losses;
  const parts = isEqual ? equalParts(rows, means.length) : statedParts(c.micro_batches);
  const weights = parts.map((part) => batchOf(model).slice(...part).reduce((sum, x) => sum + x, 0)); // oxfmt-ignore
  const { head } = trainingTask(model);
  await withNetwork(tf, model.folder, head, ({ config, weights: network, parameters }) => {
    trainOnly(parameters, () => true);
    const variables = [...parameters.values()];
    const lossOf = (part: Rows) => (): Scalar =>
      trainingTask(withRows(model, part)).loss(tf, config, network);
    const expectLoss = (given: readonly Rows[], by: readonly number[], loss: number, norm: number) =>
      tf.tidy(() => {
        const micro = given.map((part, i) => ({ weight: by[i]!, loss: lossOf(part) }));
        const got = accumulatedGradients(tf, variables, micro);
        expectAll(got.loss, [loss], LOSS, 'loss');
        expectAll(globalNorm(tf, Object.values(got.gradients)), [norm], NORM, 'norm');
      });
    tf.tidy(() => parts.forEach((part, i) => expectAll(lossOf(part)(), [means[i]!], LOSS, `part ${i}`)));
    expectLoss([[0, rows]], [1], c.full_loss, c.full_grad_norm);
    if (isEqual) {
      expect(new Set(weights).size).toBe(1);
      expectLoss(parts, weights, c.mean_of_micro, c.accumulated_grad_norm);
    } else {
      expect(weights).toEqual(c.token_counts);
      expectLoss(parts, weights, c.token_weighted, c.token_weighted_grad_norm);
      // Kept as what it must not be: the mean of the means.
      expectLoss(parts, parts.map(() => 1), c.naive_mean_of_means, c.naive_grad_norm); // oxfmt-ignore
    }
  });
}

const FILES = ['train_batch.json', 'expected.json'];
const PER_ROW = ['input_ids', 'attention_mask', 'token_type_ids', 'labels'];

/** How many labels each row of the model's batch counts: its tokens after the first, or its one class. */
function batchOf(model: VectorModel): number[] {
  const file = FILES.find((name) => model.files.includes(name))!;
  const { labels } = model.json(file) as { labels: (number | number[])[] };
  return labels.map((row) =>
    typeof row === 'number' ? 1 : row.slice(1).filter((label) => label !== -100).length,
  );
}

/** The same model, whose batch has only these rows. */
const withRows = (model: VectorModel, part: Rows): VectorModel => ({
  ...model,
  json(file) {
    const whole = model.json(file);
    if (!FILES.includes(file)) return whole;
    const fields = Object.entries(whole as Record<string, unknown>).map(([key, value]) =>
      PER_ROW.includes(key) && Array.isArray(value) ? [key, value.slice(...part)] : [key, value],
    );
    return Object.fromEntries(fields) as unknown;
  },
});

const equalParts = (rows: number, count: number): Rows[] =>
  Array.from({ length: count }, (_, i) => [(i * rows) / count, ((i + 1) * rows) / count]);

/** `rows [0] and [1..3]` */
const statedParts = (text: string): Rows[] =>
  [...text.matchAll(/\[(\d+)(?:\.\.(\d+))?\]/g)].map(([, from, to]) => [
    Number(from),
    Number(to ?? from) + 1,
  ]);
