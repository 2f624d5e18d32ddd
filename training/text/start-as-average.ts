import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import type { LoadedNetwork } from '../models/model-folder.ts';

/** How much the average of the words counts beside the first token's own state, which is the same for every text. */
const AVERAGE_COUNTS = 3;

/**
 * Lets an encoder of BERT's form begin as what learns most from few texts: an average of their words. Attention is nearly
 * uniform where everything is small; its values and its output begin as the identity, so that the first token's state is
 * the mean of all words' embeddings, and positions begin at zero. All of it is learnt on from there.
 *
 * @param network with one layer or more; only the first begins so
 */
export function startAsAverage(tf: Tf, { parameters }: Pick<LoadedNetwork, 'parameters'>): void {
  const begin = (name: string, values: (shape: number[]) => Tensor) => {
    const variable = parameters.get(`bert.${name}.weight`)!;
    tf.tidy(() => variable.assign(values(variable.shape)));
  };
  for (const table of ['position_embeddings', 'token_type_embeddings'])
    begin(`embeddings.${table}`, (shape) => tf.zeros(shape));
  begin('encoder.layer.0.attention.self.value', ([units]) => tf.eye(units!));
  begin('encoder.layer.0.attention.output.dense', ([units]) => tf.mul(tf.eye(units!), AVERAGE_COUNTS));
  begin('pooler.dense', ([units]) => tf.eye(units!));
}
