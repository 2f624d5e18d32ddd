import type { Tf } from '../backend.ts';
import type { Answers } from './classifier.ts';

/** Inputs that are in memory at once while a network only answers. */
const AT_ONCE = 64;

/**
 * Logits of any number of inputs, row-major, in their order. Inputs of a similar length are computed together, so that
 * little of it is padding.
 *
 * @param labels how many there are
 */
export async function allLogits<Input>(
  tf: Tf,
  answers: Answers<Input>,
  { inputs, labels }: { inputs: readonly Input[]; labels: number },
): Promise<Float32Array<ArrayBuffer>> {
  const { lengthOf } = answers;
  const order = Int32Array.from({ length: inputs.length }, (_, i) => i);
  if (lengthOf) order.sort((a, b) => lengthOf(inputs[a]!) - lengthOf(inputs[b]!));
  const all = new Float32Array(inputs.length * labels);
  for (let from = 0; from < order.length; from += AT_ONCE) {
    const picked = order.subarray(from, from + AT_ONCE);
    const logits = tf.tidy(() => answers.logits(Array.from(picked, (row) => inputs[row]!)));
    const values = await logits.data<'float32'>();
    logits.dispose();
    for (const [i, row] of picked.entries())
      all.set(values.subarray(i * labels, (i + 1) * labels), row * labels);
  }
  return all;
}
