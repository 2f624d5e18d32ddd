import type { AnyOutput } from '../domain/task.ts';

/** Scores may differ by what adding in another order changes. */
const SCORE_TOLERANCE = 1e-5;

/** Whether two answers to a row are the same, whatever the task. */
export function isSameAnswer(a: AnyOutput, b: AnyOutput | undefined): boolean {
  if (b === undefined) return false;
  if ('value' in a) return 'value' in b && isNear(a.value, b.value);
  if ('text' in a) return 'text' in b && a.text === b.text;
  if (!('scores' in b)) return false;
  const isSameSaid =
    'label' in a
      ? 'label' in b && a.label === b.label
      : 'labels' in b && a.labels.join('\n') === b.labels.join('\n');
  return (
    isSameSaid &&
    Object.entries(a.scores).every(
      ([label, score]) => Math.abs(score - (b.scores[label] ?? NaN)) <= SCORE_TOLERANCE,
    )
  );
}

const isNear = (a: number, b: number): boolean =>
  Math.abs(a - b) <= SCORE_TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
