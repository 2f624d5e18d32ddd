import type { NamedTensorMap, Scalar, Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import type { NamedTensor } from '../safetensors.ts';
import { bucketsOf, join, split } from './bucket.ts';
import type { Bucket } from './bucket.ts';
import { clipFactor, globalNorm } from './global-norm.ts';
import type { Parameter } from './parameter.ts';
import type { Mover, UpdateRule } from './update-rule.ts';

export type Optimizer = {
  /**
   * One step. Nothing in it waits for the backend.
   *
   * @param gradients as `tf.variableGrads` names them, one for every parameter; they stay the caller's
   * @param maxNorm where the gradients of all parameters together are longer, they are shortened to it
   * @returns how long they were before that; belongs to the open `tidy`
   */
  step(gradients: NamedTensorMap, step: { rate: number; maxNorm?: number }): Scalar;
  /** All that the next step depends on beside the parameters, with every digit. */
  state(): Promise<OptimizerState>;
  /** The parameters stay. */
  dispose(): void;
};

/** Tensors are named `<slot>/<name of the parameter>`, such as `m/classifier.weight`. */
export type OptimizerState = Readonly<{ steps: number; tensors: readonly NamedTensor[] }>;

/**
 * Moves parameters by a rule, small ones together (`Bucket`). Made from a state that it gave before, it takes the same
 * steps to the last digit.
 *
 * @throws where a tensor of `resumed` is missing or has another shape
 */
export function createOptimizer(
  tf: Tf,
  rule: UpdateRule,
  parameters: readonly Parameter[],
  resumed: OptimizerState | null = null,
): Optimizer {
  const known = resumed && new Map(resumed.tensors.map((tensor) => [tensor.name, tensor]));
  const parts = bucketsOf(parameters).map((bucket) => {
    const remembered = Object.fromEntries(
      rule.slots.map((slot) => [slot, tf.tidy(() => slotOf(tf, bucket, slot, known))]),
    );
    const mover = rule.begin(tf, bucket, remembered);
    tf.dispose(remembered);
    return { bucket, mover };
  });
  let steps = resumed?.steps ?? 0;

  return {
    step: (gradients, { rate, maxNorm }) =>
      tf.tidy(() => {
        const joined = parts.map(({ bucket }) => join(tf, gradientsOf(bucket, gradients)));
        const norm = globalNorm(tf, joined);
        const factor = maxNorm === undefined ? null : clipFactor(tf, norm, maxNorm);
        steps += 1;
        for (const [i, { bucket, mover }] of parts.entries())
          tf.tidy(() => {
            const gradient = factor ? tf.mul(joined[i]!, factor) : joined[i]!;
            move(tf, bucket, mover, gradient, rate * bucket.rateScale, steps);
          });
        return norm;
      }),
    async state() {
      const tensors: NamedTensor[] = [];
      for (const { bucket, mover } of parts)
        for (const slot of rule.slots) {
          const pieces = tf.tidy(() => split(tf, bucket, mover.read(slot)));
          for (const [i, { name, variable }] of bucket.parameters.entries()) {
            const values = Float32Array.from(await pieces[i]!.data());
            tensors.push({ name: `${slot}/${name}`, shape: variable.shape, values });
          }
          tf.dispose(pieces);
        }
      return { steps, tensors };
    },
    dispose: () => parts.forEach(({ mover }) => mover.dispose()),
  };
}

function move(tf: Tf, bucket: Bucket, mover: Mover, gradient: Tensor, rate: number, step: number): void {
  const { parameters } = bucket;
  const values = join(
    tf,
    parameters.map(({ variable }) => variable),
  );
  const moved = split(tf, bucket, mover.move(values, gradient, rate, step));
  for (const [i, { variable }] of parameters.entries()) variable.assign(moved[i]!);
}

function gradientsOf({ parameters }: Bucket, gradients: NamedTensorMap): Tensor[] {
  return parameters.map(({ name, variable }) => {
    const gradient = gradients[variable.name];
    if (!gradient) throw new Error(`The loss does not depend on "${name}": freeze it, or use it.`);
    return gradient;
  });
}

/** What a slot begins with: what was kept, or zeros. */
function slotOf(
  tf: Tf,
  { parameters, shape }: Bucket,
  slot: string,
  known: ReadonlyMap<string, NamedTensor> | null,
): Tensor {
  if (known === null) return tf.zeros([...shape]);
  const kept = parameters.map(({ name, variable }) => {
    const tensor = known.get(`${slot}/${name}`);
    if (!tensor || tensor.shape.join() !== variable.shape.join())
      throw new Error(`The kept state has no "${slot}/${name}" of shape [${variable.shape.join(', ')}].`);
    return tf.tensor(tensor.values, variable.shape);
  });
  return join(tf, kept);
}
