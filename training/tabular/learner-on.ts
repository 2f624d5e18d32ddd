import type { Backend } from '../backend.ts';
import type { Learner, LearnerState } from './learner.ts';
import type { NetworkShape } from './network.ts';
import type { Objective } from './objective.ts';
import { plainLearner } from './plain-learner.ts';
import { tensorflowLearner } from './tensorflow-learner.ts';

type Start = { initial: Float32Array; resumed?: LearnerState | null; objective?: Objective };

/** TensorFlow where its native library is; else typed arrays, which beat tfjs' own JavaScript kernels tenfold. */
export function learnerOn(
  backend: Backend | undefined,
  network: NetworkShape,
  { initial, resumed = null, objective = 'cross-entropy' }: Start,
): Learner {
  return backend === undefined || backend.name === 'javascript'
    ? plainLearner(network, initial, resumed, objective)
    : tensorflowLearner(backend.tf, network, initial, resumed, objective);
}
