import type { Variable } from '@tensorflow/tfjs';

/** Something that is trained, and how. What is frozen is none of these. */
export type Parameter = Readonly<{
  /** Its name in the model: what a checkpoint calls it. The variable may have another one. */
  name: string;
  variable: Variable;
  /** Times the learning rate of the step. */
  rateScale: number;
  /** Whether weight decay is for it. */
  decays: boolean;
}>;
