import type { Tf } from '../backend.ts';
import { headParts } from './heads.ts';
import type { LoadedNetwork } from './model-folder.ts';

/**
 * Lets the biases of a head begin at these values where its rows are new; a head without biases stays as it is.
 *
 * @param values one for each class
 * @param known classes of which something is learnt already
 */
export function startBias(
  tf: Tf,
  { config, parameters }: Pick<LoadedNetwork, 'config' | 'parameters'>,
  values: readonly number[],
  known: readonly number[],
): void {
  const { module } = headParts(config, { kind: 'classes', classes: values.length }).linears.at(-1)!;
  const bias = parameters.get(`${module}.bias`);
  if (!bias) return;
  const learnt = bias.dataSync<'float32'>();
  const begun = values.map((value, label) => (known.includes(label) ? learnt[label]! : value));
  tf.tidy(() => bias.assign(tf.tensor1d(begun)));
}
