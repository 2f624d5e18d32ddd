import { evaluateVersion } from '../../training/evaluate-version.ts';
import type { VersionReport } from '../../training/evaluate-version.ts';
import { labelShares } from './describe-run.ts';
import type { Answering, Described, Example, OfflineTask } from './offline-task.ts';

type Rows<Input> = {
  described: Pick<Described, 'model' | 'columns'>;
  /** What shares of labels, and ranges of numbers, are taken from. */
  train: readonly Example<Input>[];
  test: readonly Example<Input>[];
};

/** The draws of the bootstrap; the same rows and answers give the same intervals. */
const SEED = 1;

/** What a version scores on rows that it has not seen. */
export async function testVersion<Input>(
  task: OfflineTask<Input>,
  version: Answering<Input>,
  { described, train, test }: Rows<Input>,
): Promise<VersionReport> {
  const slicesOf = task.slices(train, described.model);
  return evaluateVersion({
    task: version.model.task,
    rows: test,
    outputs: await version.answer(test.map(({ input }) => input)),
    trainingShares: labelShares(train),
    slicesOf: (row) => slicesOf(test[row]!.input),
    seed: SEED,
  });
}
