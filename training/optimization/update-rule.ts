import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';

/** How an optimizer moves parameters: `adamw(…)`, `sgd(…)`. */
export type UpdateRule = Readonly<{
  /** What it remembers of each number from step to step, by name; a checkpoint keeps these. */
  slots: readonly string[];
  /**
   * Begins with one tensor of parameters.
   *
   * @param remembered a tensor of that shape for each slot, which it takes a copy of
   */
  begin(tf: Tf, of: Moved, remembered: Readonly<Record<string, Tensor>>): Mover;
}>;

/** One tensor of parameters. */
export type Moved = Readonly<{ shape: readonly number[]; decays: boolean }>;

export type Mover = {
  /**
   * The values after one step; a new tensor, which belongs to the open `tidy`.
   *
   * @param step from 1
   */
  move(values: Tensor, gradient: Tensor, rate: number, step: number): Tensor;
  /** What is remembered; belongs to the open `tidy`. */
  read(slot: string): Tensor;
  dispose(): void;
};
