import { random } from '../random.ts';
import type { Random } from '../random.ts';

/** An input as it might have looked another time, such as an image a little to the side; a copy, by chance alone. */
export type Vary<Input> = (input: Input, chance: Random) => Input;

/**
 * Some training rows as one step sees them. What becomes of a row depends on the seed, the step and the row alone: not
 * on how a batch is cut, nor on whether the training was interrupted.
 */
export const varyInputs = <Input>(
  inputs: readonly Input[],
  rows: Int32Array,
  vary: Vary<Input>,
  { seed, step }: { seed: number; step: number },
): Input[] => Array.from(rows, (row) => vary(inputs[row]!, random(mixed(mixed(mixed(seed) ^ step) ^ row))));

/** Spreads the bits of a whole number: the last steps of MurmurHash3 (A. Appleby, 2011). */
function mixed(x: number): number {
  let h = Math.imul(x ^ (x >>> 16), 0x85_eb_ca_6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2_b2_ae_35);
  return h ^ (h >>> 16);
}
