import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import { expect } from 'vitest';
import type { Tf } from '../../../../training/backend.ts';

/** Numbers in lists in lists, as JSON has them. */
export type Nested = number | readonly Nested[];

export const flatten = (values: Nested): number[] =>
  typeof values === 'number' ? [values] : values.flatMap(flatten);

/** |actual − expected| ≤ rel · |expected| + abs, each. */
export function expectAll(
  actual: Tensor | readonly number[],
  expected: Nested,
  { rel = 0, abs = 0 }: { rel?: number; abs?: number },
  what: string,
): void {
  const ours = 'dataSync' in actual ? [...actual.dataSync()] : actual;
  const theirs = flatten(expected);
  expect(ours, what).toHaveLength(theirs.length);
  const apart = theirs.map((value, i) => Math.abs(ours[i]! - value) - rel * Math.abs(value));
  const worst = apart.reduce((at, value, i) => (value > apart[at]! || Number.isNaN(value) ? i : at), 0);
  expect(apart[worst], `${what}: [${worst}] is ${ours[worst]}, not ${theirs[worst]}`).toBeLessThanOrEqual(
    abs,
  );
}

/** The value of a loss of tensors, and its gradients by each of them. */
export function valueAndGradients<Names extends string>(
  tf: Tf,
  inputs: Readonly<Record<Names, Nested>>,
  loss: (variables: Record<Names, Variable>) => Scalar,
): { value: number; gradients: Record<Names, Tensor> } {
  const names = Object.keys(inputs) as Names[];
  const variables = Object.fromEntries(
    names.map((name) => [name, tf.variable(tf.tensor(inputs[name] as number[]))]),
  ) as Record<Names, Variable>;
  const { value, grads } = tf.variableGrads(() => loss(variables), Object.values<Variable>(variables));
  const gradients = Object.fromEntries(names.map((name) => [name, grads[variables[name].name]!])) as Record<
    Names,
    Tensor
  >;
  const result = { value: value.dataSync()[0]!, gradients };
  tf.dispose([variables, value]);
  return result;
}
