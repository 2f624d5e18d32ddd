import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { nativeOps } from '../native-ops.ts';
import type { NativeOps } from '../native-ops.ts';
import { resourceVariable } from '../resource-variable.ts';
import { slotTensors } from './slot-tensors.ts';
import { slotVariables } from './slot-variables.ts';
import type { Moved, Mover, UpdateRule } from './update-rule.ts';

export type SgdOptions = Readonly<{
  /** How much of the last move goes on; 0: plain descent. */
  momentum?: number;
  /** Looks where the momentum will lead to. Needs momentum. */
  nesterov?: boolean;
  /** Added to the gradient, not decoupled from it: as PyTorch's SGD. */
  weightDecay?: number;
}>;
type All = Required<SgdOptions>;

/** The buffer of the momentum. */
const BUFFER = 'momentum';

/**
 * Stochastic gradient descent, step for step as PyTorch's: g ← gradient + decay·p, b ← momentum·b + g,
 * p ← p − rate·b, or p − rate·(g + momentum·b) with Nesterov.
 */
export function sgd(options: SgdOptions = {}): UpdateRule {
  const all: All = { momentum: 0, nesterov: false, weightDecay: 0, ...options };
  return {
    slots: all.momentum === 0 ? [] : [BUFFER],
    begin(tf, of, remembered) {
      const native = nativeOps(tf);
      const mover =
        native === null || all.momentum === 0
          ? plainSgd(tf, all, remembered)
          : nativeSgd(tf, native, all, of, remembered);
      return of.decays && all.weightDecay > 0 ? decaying(tf, mover, all.weightDecay) : mover;
    },
  };
}

const decaying = (tf: Tf, mover: Mover, weightDecay: number): Mover => ({
  ...mover,
  move: (values, gradient, rate, step) =>
    mover.move(values, tf.add(gradient, tf.mul(values, weightDecay)), rate, step),
});

function plainSgd(tf: Tf, { momentum, nesterov }: All, remembered: Readonly<Record<string, Tensor>>): Mover {
  const slots = slotTensors(tf, remembered);
  const direction = (gradient: Tensor): Tensor => {
    if (momentum === 0) return gradient;
    const buffer = slots.replace(BUFFER, (before) => tf.add(tf.mul(before, momentum), gradient));
    return nesterov ? tf.add(gradient, tf.mul(buffer, momentum)) : buffer;
  };
  return {
    move: (values, gradient, rate) => tf.sub(values, tf.mul(direction(gradient), rate)),
    read: slots.read,
    dispose: slots.dispose,
  };
}

function nativeSgd(
  tf: Tf,
  ops: NativeOps,
  { momentum, nesterov }: All,
  { shape }: Moved,
  remembered: Readonly<Record<string, Tensor>>,
): Mover {
  const value = resourceVariable(tf, ops, shape);
  const slots = slotVariables(tf, ops, remembered);
  const share = tf.keep(tf.scalar(momentum));
  const attributes = [
    ops.type('T', 'float32'),
    ops.flag('use_locking', false),
    ops.flag('use_nesterov', nesterov),
  ];
  return {
    move(values, gradient, rate) {
      value.assign(values);
      const inputs = [value.handle, slots.handle(BUFFER), tf.scalar(rate), gradient, share];
      ops.run('ResourceApplyMomentum', attributes, inputs);
      return value.read();
    },
    read: slots.read,
    dispose() {
      value.destroy();
      slots.dispose();
      share.dispose();
    },
  };
}
