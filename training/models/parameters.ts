import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { placed } from '../place-tensor.ts';
import type { NamedTensor } from '../safetensors.ts';

/**
 * The parameters of a network by their Hugging Face names. All are variables; only those that are trained are
 * `trainable`, and no gradient is computed by the others.
 */
export type Parameters = ReadonlyMap<string, Variable>;

/** A variable outside of every `tidy`, frozen at first. */
export function frozenVariable(tf: Tf, { shape, values }: Omit<NamedTensor, 'name'>): Variable {
  const start = placed(tf, () => tf.tensor(values, [...shape], 'float32'));
  const variable = tf.variable(start, false);
  start.dispose();
  return variable;
}

/** Thaws the parameters whose names pass, and freezes the others. */
export function trainOnly(parameters: Parameters, isTrained: (name: string) => boolean): void {
  for (const [name, variable] of parameters) variable.trainable = isTrained(name);
}

/**
 * The loss and its gradients by the trained parameters, under their names. The caller disposes all of them.
 *
 * @param loss a scalar; what it computes on the way is tidied up
 */
export function lossAndGradients(
  tf: Tf,
  parameters: Parameters,
  loss: () => Tensor,
): { loss: Tensor; gradients: Map<string, Tensor> } {
  const trained = [...parameters].filter(([, variable]) => variable.trainable);
  const variables = trained.map(([, variable]) => variable);
  const { value, grads } = tf.variableGrads(() => loss().asScalar(), variables);
  return { loss: value, gradients: new Map(trained.map(([name, { name: own }]) => [name, grads[own]!])) };
}

/** Copies of the values, in the order of the map. */
export const readParameters = async (parameters: Parameters): Promise<NamedTensor[]> =>
  await Promise.all(
    [...parameters].map(async ([name, variable]) => ({
      name,
      shape: variable.shape,
      values: Float32Array.from(await variable.data<'float32'>()),
    })),
  );
