import type { FoldProgress, FoldStore, KnownExample } from '../../domain/ingest-ports.ts';
import type { InputRow } from '../../domain/input.ts';
import type { RegretPolicy } from '../../domain/policy/regret-policy.ts';
import { textOfAnswer } from '../../domain/answer-text.ts';
import type { AnyOutput, DeclaredTask } from '../../domain/task.ts';
import { isRight } from '../../statistics/is-right.ts';
import { observe } from '../regret.ts';
import { watchStreams } from './watch-streams.ts';

/** Asks the champion, by the digest of its artifact, what it would have answered. One output a row, in order. */
export type ScoreWithChampion = (
  champion: { version: string; digest: string },
  inputs: readonly InputRow[],
) => Promise<readonly AnyOutput[]>;

export type FoldOptions = {
  folds: FoldStore;
  scoreWithChampion: ScoreWithChampion;
  /** Slack and reference rows of the regret; the defaults are the policy's. */
  policy?: Pick<RegretPolicy, 'slack' | 'referenceRows'>;
  /** Examples of one step. */
  limit?: number;
};

/**
 * One step of a model's fold: its newly labelled examples, scored by the champion whoever served them, go through
 * the regret detector, and through those that the config declares, in known-at order. What the champion itself has answered is taken as it was answered.
 *
 * @returns null when another owner is at it
 */
export const foldModel = (
  { folds, scoreWithChampion, policy, limit = 1_000 }: FoldOptions,
  model: string,
): Promise<FoldProgress | null> =>
  folds.fold(model, limit, async ({ champion, examples }) => {
    if (champion === null)
      return { correct: examples.map(() => null), regret: null, streams: {}, findings: [] };
    // Rows that were picked to be labelled are harder than the traffic: they would look like drift.
    const judging = examples.filter(({ isPicked }) => !isPicked);
    const answers = await championAnswers(champion, judging, scoreWithChampion);
    const { task } = champion;
    const right = judging.map((example, i) => isRight(task, answers[i]!, example.label));
    const regret = right.reduce((state, one) => observe(state, !one, policy), champion.regret);
    const watched = watchStreams(
      champion,
      judging.map(({ knownAtMs: atMs }, i) => ({
        isWrong: !right[i]!,
        answer: groupOf(task, answers[i]!),
        atMs,
      })),
    );
    let next = 0;
    const correct = examples.map(({ isPicked }) => (isPicked ? null : right[next++]!));
    return { correct, regret, ...watched };
  });

/** Errors are counted by what was answered, where that is one of a few. */
const groupOf = ({ kind }: DeclaredTask, answer: string): string => (kind === 'classification' ? answer : '');

async function championAnswers(
  champion: { version: string; digest: string; task: DeclaredTask },
  examples: readonly KnownExample[],
  scoreWithChampion: ScoreWithChampion,
): Promise<string[]> {
  const others = examples.filter((e) => e.version !== champion.version);
  const scored =
    others.length === 0
      ? []
      : await scoreWithChampion(
          champion,
          others.map((e) => e.input),
        );
  let next = 0;
  return examples.map((e) =>
    e.version === champion.version ? e.predicted : textOfAnswer(champion.task, scored[next++]!),
  );
}
