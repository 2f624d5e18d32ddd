import { textOfAnswer } from '../domain/answer-text.ts';
import type { AnyOutput, DeclaredTask } from '../domain/task.ts';
import type { FlipExample } from '../domain/flip.ts';
import type { Scored, ScoredSet } from './scored-rows.ts';

/** Of each kind; a person reads all of them. */
const EXAMPLES = 3;

/**
 * A few of the rows that one version got right and the other did not, spread over all of them. Their inputs are not
 * kept: what is erased stays erased.
 */
export function pickFlips(
  task: DeclaredTask,
  { scored, answered: { ours: challenger, theirs: champion } }: ScoredSet,
): FlipExample[] {
  const fixed = scored.filter((_, i) => challenger.right[i]! > champion.right[i]!);
  const broken = scored.filter((_, i) => challenger.right[i]! < champion.right[i]!);
  const some = (rows: readonly Scored[], kind: FlipExample['kind']) =>
    spread(rows, EXAMPLES).map(({ example, ours, theirs }) => ({
      kind,
      predictionId: example.predictionId,
      label: example.label,
      challenger: answerOf(task, ours),
      champion: answerOf(task, theirs),
    }));
  return [...some(fixed, 'fixed'), ...some(broken, 'broken')];
}

const answerOf = (task: DeclaredTask, answer: AnyOutput) => ({
  label: textOfAnswer(task, answer),
  score: 'label' in answer ? (answer.scores[answer.label] ?? 0) : null,
});

const spread = <T>(items: readonly T[], count: number): T[] =>
  items.length <= count
    ? [...items]
    : Array.from({ length: count }, (_, i) => items[Math.floor(((i + 0.5) * items.length) / count)]!);
