import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import type { Parameter } from './parameter.ts';

/**
 * Parameters that are updated as one tensor. An operation costs 20 µs however small it is, and a network has hundreds of
 * biases, norms and adapters; one after the other along the first axis, they take the operations of one. Joined is what
 * has the same shape but for that axis, learns at the same rate and decays alike.
 */
export type Bucket = Readonly<{
  /** At least one. */
  parameters: readonly Parameter[];
  rateScale: number;
  decays: boolean;
  /** Of the parameters one after the other. */
  shape: readonly number[];
}>;

/** From this many numbers on a parameter stays alone: copying it would cost more than its operations. */
const JOINED_BELOW = 2 ** 16;

export function bucketsOf(parameters: readonly Parameter[]): Bucket[] {
  const groups = new Map<string, Parameter[]>();
  for (const parameter of parameters) {
    const { variable, rateScale, decays, name } = parameter;
    const alone = variable.rank === 0 || variable.size >= JOINED_BELOW;
    const key = JSON.stringify([rateScale, decays, variable.shape.slice(1), alone ? name : null]);
    groups.set(key, [...(groups.get(key) ?? []), parameter]);
  }
  return [...groups.values()].map((group) => {
    const { variable, rateScale, decays } = group[0]!;
    const shape =
      group.length === 1
        ? variable.shape
        : [rowsOf(group).reduce((a, b) => a + b), ...variable.shape.slice(1)];
    return { parameters: group, rateScale, decays, shape };
  });
}

/** One tensor of one for each parameter. Belongs to the open `tidy`, or is the only tensor itself. */
export const join = (tf: Tf, tensors: readonly Tensor[]): Tensor =>
  tensors.length === 1 ? tensors[0]! : tf.concat([...tensors], 0);

/** One tensor for each parameter; the inverse of `join`. */
export const split = (tf: Tf, { parameters }: Bucket, joined: Tensor): Tensor[] =>
  parameters.length === 1 ? [joined] : tf.split(joined, rowsOf(parameters), 0);

const rowsOf = (parameters: readonly Parameter[]): number[] =>
  parameters.map(({ variable }) => variable.shape[0]);
