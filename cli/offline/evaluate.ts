import { DriftloopError } from '../../domain/errors.ts';
import type { Answer } from '../output.ts';
import { doerOfArtifact, withTask } from './choose-task.ts';
import { sayScores, testScores } from './metrics-line.ts';
import type { TestScores } from './metrics-line.ts';
import { shellWord } from '../shell-word.ts';

export type EvaluateOptions = {
  artifact: string;
  test: string;
  label?: string;
  config?: string;
  model?: string;
};

/** Scores, and of how many rows. */
export type EvaluateAnswer = TestScores & { rows: number };

/** `driftloop evaluate`: what a version scores on a file of labelled rows. */
export async function evaluate({
  artifact,
  test,
  label,
  ...config
}: EvaluateOptions): Promise<Answer<EvaluateAnswer>> {
  return withTask(await doerOfArtifact(artifact, config), async (task) => {
    const version = await task.open(artifact);
    const described = {
      model: version.model,
      columns: { label: label ?? labelOf(artifact, version.lineage) },
    };
    const rows = await task.read(test, described);
    const evaluation = await task.test(version, { train: rows, test: rows });
    return {
      json: { rows: evaluation.rows, ...testScores(evaluation) },
      text: sayScores(evaluation),
      next: `driftloop predict --artifact ${shellWord(artifact)} --data FILE`,
    };
  });
}

/** The column that was the label when the version was trained. */
function labelOf(artifact: string, lineage: Readonly<Record<string, string>>): string {
  const { label } = lineage;
  if (label !== undefined) return label;
  throw new DriftloopError(
    'DL_LABEL_UNNAMED',
    `The version in ${artifact} does not say which column is the label.`,
    {
      fix: 'Name it with --label COLUMN.',
    },
  );
}
