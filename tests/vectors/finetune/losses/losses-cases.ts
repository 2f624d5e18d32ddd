import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { binaryCrossEntropy } from '../../../../training/losses/binary-cross-entropy.ts';
import { crossEntropy } from '../../../../training/losses/cross-entropy.ts';
import { distillation } from '../../../../training/losses/distillation.ts';
import { binaryFocal, focal } from '../../../../training/losses/focal.ts';
import { itemLosses } from '../../../../training/losses/item-losses.ts';
import { squaredError } from '../../../../training/losses/squared-error.ts';
import type { Tf } from '../../../../training/backend.ts';
import { onlyKnown } from './case.ts';
import type { LossCase } from './case.ts';
import { expectAll, valueAndGradients } from './tensors.ts';
import type { Nested } from './tensors.ts';

type Graded = { loss: number; grad: Nested };
type Vector = {
  logits: number[][];
  labels: number[];
  class_weights: number[];
  cross_entropy: (Graded & {
    name: string;
    label_smoothing: number;
    weights: boolean;
    reduction: 'mean' | 'sum';
    labels: number[];
    per_item: number[];
  })[];
  focal_softmax: (Graded & { gamma: number; alpha: number[] | null; reduction: string })[];
  focal_sigmoid: Graded & {
    logits: number[];
    targets: number[];
    alpha: number;
    gamma: number;
    reduction: string;
  };
  distillation: {
    student_logits: string;
    teacher_logits: number[][];
    cases: (Graded & { temperature: number; alpha: number; formula: string })[];
  };
  bce_with_logits: Graded & { logits: number[][]; targets: number[][] };
  mse: Graded & { pred: Nested; target: Nested };
};

const LOSS = { rel: 1e-5 };
const GRADIENT = { rel: 1e-5, abs: 1e-6 };
const ALPHA_OF_FOCAL = 'mean over N (not weight-normalised)';
const asLogits = (v: unknown) => v as Tensor2D;
const truth = (tf: Tf, labels: readonly number[]): Tensor1D => tf.tensor1d([...labels], 'int32');

function expectGraded(got: ReturnType<typeof valueAndGradients<'x'>>, { loss, grad }: Graded): void {
  expectAll([got.value], [loss], LOSS, 'loss');
  expectAll(got.gradients.x, grad, GRADIENT, 'gradient');
}

/** losses.json: each loss with its gradient by the logits. */
export function lossesCases(vector: unknown): LossCase[] {
  const v = vector as Vector;
  onlyKnown(
    v,
    'logits labels class_weights torch_semantics cross_entropy ' +
      'focal_softmax focal_sigmoid distillation bce_with_logits mse',
    'losses.json',
  );
  const crossEntropies = v.cross_entropy.map((c): LossCase => ({
    name: `cross-entropy ${c.name}`,
    run(tf) {
      expect(['mean', 'sum']).toContain(c.reduction);
      const options = {
        labelSmoothing: c.label_smoothing,
        ...(c.weights ? { classWeights: v.class_weights } : {}),
      };
      const labels = truth(tf, c.labels);
      const { losses } = itemLosses(tf, tf.tensor2d(v.logits), labels, options);
      expectAll(losses, c.per_item, { rel: 1e-5, abs: 1e-6 }, 'losses of the items');
      expectGraded(
        valueAndGradients(tf, { x: v.logits }, ({ x }) =>
          crossEntropy(tf, asLogits(x), labels, { ...options, reduction: c.reduction }),
        ),
        c,
      );
    },
  }));
  const focals = v.focal_softmax.map((c): LossCase => ({
    name: `focal γ ${c.gamma}${c.alpha ? ' with α' : ''}`,
    run(tf) {
      expect(c.reduction).toBe(ALPHA_OF_FOCAL);
      const options = { gamma: c.gamma, ...(c.alpha ? { alpha: c.alpha } : {}) };
      expectGraded(
        valueAndGradients(tf, { x: v.logits }, ({ x }) =>
          focal(tf, asLogits(x), truth(tf, v.labels), options),
        ),
        c,
      );
    },
  }));
  const distillations = v.distillation.cases.map((c): LossCase => ({
    name: `distillation T ${c.temperature} α ${c.alpha}`,
    run(tf) {
      expect(v.distillation.student_logits).toBe('= logits');
      const teacher = tf.tensor2d(v.distillation.teacher_logits);
      expectGraded(
        valueAndGradients(tf, { x: v.logits }, ({ x }) =>
          distillation(tf, asLogits(x), teacher, truth(tf, v.labels), {
            temperature: c.temperature,
            alpha: c.alpha,
          }),
        ),
        c,
      );
    },
  }));
  return [
    ...crossEntropies,
    ...focals,
    ...distillations,
    {
      name: 'focal of many labels',
      run(tf) {
        const { logits, targets, alpha, gamma, reduction, ...wanted } = v.focal_sigmoid;
        expect(reduction).toBe('mean');
        const got = valueAndGradients(tf, { x: logits }, ({ x }) =>
          binaryFocal(tf, x, tf.tensor1d(targets), { alpha, gamma }),
        );
        expectGraded(got, wanted);
      },
    },
    {
      name: 'binary cross-entropy of many labels',
      run(tf) {
        const { logits, targets, ...wanted } = v.bce_with_logits;
        const got = valueAndGradients(tf, { x: logits }, ({ x }) =>
          binaryCrossEntropy(tf, x, tf.tensor2d(targets)),
        );
        expectGraded(got, wanted);
      },
    },
    {
      name: 'squared error',
      run(tf) {
        const { pred, target, ...wanted } = v.mse;
        const got = valueAndGradients(tf, { x: pred }, ({ x }) =>
          squaredError(tf, x, tf.tensor(target as number[][])),
        );
        expectGraded(got, wanted);
      },
    },
  ];
}
