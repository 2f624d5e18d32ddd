import type { InputRow } from '../../domain/input.ts';
import type { Output } from '../../domain/task.ts';
import type { Tf } from '../backend.ts';
import { allLogits } from '../classification/all-logits.ts';
import { answersWith } from '../classification/classifier.ts';
import { outputsOf } from '../classification/outputs-of.ts';
import { plainWeights } from '../models/weights.ts';
import { readTextArtifact } from './text-artifact.ts';
import type { TextSignature } from './text-artifact.ts';
import { textOf } from './text-of.ts';
import { textReader, tokenise } from './text-reader.ts';

export type OpenTextVersion = Pick<TextSignature, 'model' | 'lineage'> & {
  /** A label and calibrated scores of each row, in their order. */
  answer(rows: readonly InputRow[]): Promise<Output[]>;
  dispose(): void;
};

/** Opens a text classifier to answer. Throws `DL_ARTIFACT_CORRUPT`, and what its parts throw. */
export async function openTextVersion(tf: Tf, folder: string): Promise<OpenTextVersion> {
  const { signature, network, tokenizer } = await readTextArtifact(tf, folder);
  const { model, longest, temperature, lineage } = signature;
  const { labels } = model.task;
  const weights = plainWeights(tf, network.parts, network.parameters);
  const answers = answersWith(textReader(tf, network.config, tokenizer.padId), weights);
  return {
    model,
    lineage,
    async answer(rows) {
      const texts = rows.map((row) => textOf(model, row));
      const tokens = tokenise(tokenizer, texts, longest);
      const logits = await allLogits(tf, answers, { inputs: tokens, labels: labels.length });
      return outputsOf(labels, logits, temperature);
    },
    dispose: () => tf.dispose([...network.parameters.values()]),
  };
}
