import type { z } from 'zod';
import type { InputRow } from '../../domain/input.ts';
import type { LabelsOutput, Output } from '../../domain/task.ts';
import type { SharedBases } from '../adapters/shared-bases.ts';
import type { Tf } from '../backend.ts';
import { allLogits } from '../classification/all-logits.ts';
import { answersWith } from '../classification/classifier.ts';
import { outputsOf } from '../classification/outputs-of.ts';
import { labelsOutputsOf } from '../classification/settle-labels.ts';
import { weightsOf } from '../quantisation/quantised-network.ts';
import { multiLabelSignatureSchema, readTextArtifact, textSignatureSchema } from './text-artifact.ts';
import type { TextSignature } from './text-artifact.ts';
import { textOf } from './text-of.ts';
import { textReader, tokenise } from './text-reader.ts';

type OpenTexts<Signature extends TextSignature, Answer> = Pick<Signature, 'model' | 'lineage'> & {
  /** Of each row, in their order. */
  answer(rows: readonly InputRow[]): Promise<Answer[]>;
  dispose(): void;
};

/** A label and calibrated scores of each row. */
export type OpenTextVersion = OpenTexts<z.infer<typeof textSignatureSchema>, Output>;
/** Any number of labels of each row, and of all labels how likely they are. */
type OpenMultiLabelVersion = OpenTexts<z.infer<typeof multiLabelSignatureSchema>, LabelsOutput>;

/**
 * Opens a classifier with one label for each text.
 *
 * @param bases where the base of an adapter is held together with that of others; left out, it has its own
 * @throws {DriftloopError} `DL_ARTIFACT_CORRUPT`, and what its parts throw
 */
export const openTextVersion = (tf: Tf, folder: string, bases?: SharedBases): Promise<OpenTextVersion> =>
  openTexts(tf, { folder, bases }, textSignatureSchema, (logits, { model, temperature, shift }) =>
    outputsOf(model.task.labels, logits, temperature, shift),
  );

/** The same of one with any number of labels. */
export const openMultiLabelVersion = (
  tf: Tf,
  folder: string,
  bases?: SharedBases,
): Promise<OpenMultiLabelVersion> =>
  openTexts(tf, { folder, bases }, multiLabelSignatureSchema, (logits, { model, ...settled }) =>
    labelsOutputsOf(model.task.labels, logits, settled),
  );

async function openTexts<Signature extends TextSignature, Answer>(
  tf: Tf,
  { folder, bases }: { folder: string; bases: SharedBases | undefined },
  schema: z.ZodType<Signature>,
  answersOf: (logits: Float32Array, signature: Signature) => Answer[],
): Promise<OpenTexts<Signature, Answer>> {
  const { signature, network, tokenizer, dispose } = await readTextArtifact(tf, folder, schema, bases);
  const { model, longest, lineage } = signature;
  const weights = weightsOf(tf, network);
  const answers = answersWith(textReader(tf, network.config, tokenizer.padId), weights);
  return {
    model,
    lineage,
    async answer(rows) {
      const texts = rows.map((row) => textOf(model, row));
      const inputs = tokenise(tokenizer, texts, longest);
      const logits = await allLogits(tf, answers, { inputs, labels: model.task.labels.length });
      return answersOf(logits, signature);
    },
    dispose,
  };
}
