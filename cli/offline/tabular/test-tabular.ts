import type { InputRow } from '../../../domain/input.ts';
import type { Output, ValueOutput } from '../../../domain/task.ts';
import { evaluateValues } from '../../../training/evaluate-values.ts';
import { evaluateVersion } from '../../../training/evaluate-version.ts';
import { tabularSlices } from '../../../training/tabular/slices.ts';
import { labelShares } from '../label-shares.ts';
import type { Answering, Evaluation, Example } from '../offline-task.ts';
import { rowModel } from '../row-model.ts';

/** The draws of the bootstrap; the same rows and answers give the same intervals. */
const SEED = 1;

/** What a version of columns scores on rows that it has not seen. */
export async function testTabular(
  { model, answer }: Answering<InputRow>,
  { train, test }: { train: readonly Example<InputRow>[]; test: readonly Example<InputRow>[] },
): Promise<Evaluation> {
  const answers = await answer(test.map(({ input }) => input));
  const sliceOf = tabularSlices(
    model.input,
    train.map(({ input }) => input),
  );
  const slicesOf = (row: number) => sliceOf(test[row]!.input);
  const { task } = rowModel(model);
  switch (task.kind) {
    case 'classification':
      return evaluateVersion({
        task,
        rows: test,
        outputs: answers as Output[],
        trainingShares: labelShares(train),
        slicesOf,
        seed: SEED,
      });
    case 'regression':
      return evaluateValues({
        truths: test.map(({ label }) => Number(label)),
        answers: (answers as ValueOutput[]).map(({ value }) => value),
        trainingMean: train.reduce((sum, { label }) => sum + Number(label), 0) / train.length,
        slicesOf,
        seed: SEED,
      });
    default:
      return task satisfies never;
  }
}
