import { z } from 'zod';
import type { Output, Task, ValueOutput } from '../../domain/task.ts';

/** Scores that a program has rounded still sum to 1. */
const SUM_TOLERANCE = 1e-3;

const scoresSchema = z.object({ scores: z.record(z.string(), z.number().nonnegative()) });
const valueSchema = z.object({ value: z.number() });

/** One output of a program as an answer of its task, or what is wrong with it. */
export function readOutput(task: Task, output: unknown): Output | ValueOutput | { problem: string } {
  switch (task.kind) {
    case 'classification':
      return readScores(task.labels, output);
    case 'regression': {
      const read = valueSchema.safeParse(output);
      return read.success ? { value: read.data.value } : { problem: 'it has no number "value"' };
    }
    default:
      return task satisfies never;
  }
}

function readScores(labels: readonly string[], output: unknown): Output | { problem: string } {
  const read = scoresSchema.safeParse(output);
  if (!read.success) return { problem: 'it has no "scores", a number of at least 0 for each label' };
  const { scores } = read.data;
  const foreign = Object.keys(scores).find((label) => !labels.includes(label));
  if (foreign !== undefined) return { problem: `"${foreign}" is not a label` };
  const lacking = labels.find((label) => scores[label] === undefined);
  if (lacking !== undefined) return { problem: `its scores lack the label "${lacking}"` };
  const sum = labels.reduce((total, label) => total + scores[label]!, 0);
  if (Math.abs(sum - 1) > SUM_TOLERANCE) return { problem: `its scores sum to ${sum}, not to 1` };
  const best = labels.reduce((a, b) => (scores[b]! > scores[a]! ? b : a));
  return { label: best, scores: Object.fromEntries(labels.map((label) => [label, scores[label]! / sum])) };
}
