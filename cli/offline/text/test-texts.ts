import type { InputRow } from '../../../domain/input.ts';
import type { LabelsOutput, Output } from '../../../domain/task.ts';
import { evaluateMultiLabel } from '../../../training/evaluate-multi-label.ts';
import { evaluateVersion } from '../../../training/evaluate-version.ts';
import { textOf } from '../../../training/text-classification/text-of.ts';
import { labelShares } from '../label-shares.ts';
import type { Answering, Evaluation, Example } from '../offline-task.ts';
import { labelTaskOf } from './labelled.ts';
import { lengthSlice } from './texts.ts';

/** The draws of the bootstrap; the same rows and answers give the same intervals. */
const SEED = 1;

/** What a version of texts scores on rows that it has not seen. */
export async function testTexts(
  { model, answer }: Answering<InputRow>,
  { train, test }: { train: readonly Example<InputRow>[]; test: readonly Example<InputRow>[] },
): Promise<Evaluation> {
  const answers = await answer(test.map(({ input }) => input));
  const task = labelTaskOf(model);
  const common = {
    rows: test,
    slicesOf: (row: number) => lengthSlice(textOf(model, test[row]!.input)),
    seed: SEED,
  };
  switch (task.kind) {
    case 'classification':
      return evaluateVersion({
        ...common,
        task,
        outputs: answers as Output[],
        trainingShares: labelShares(train),
      });
    case 'multi-label':
      return evaluateMultiLabel({ ...common, task, outputs: answers as LabelsOutput[], training: train });
    default:
      return task satisfies never;
  }
}
