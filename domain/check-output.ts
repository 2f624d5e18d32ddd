import { DriftloopError } from './errors.ts';
import type { AnyOutput, DeclaredTask } from './task.ts';

/** A version answered with what cannot be an answer. It is the version's error, and nobody gets to see the answer. */
export class OutputInvalid extends DriftloopError {
  /** How many answers of the request could be none. */
  readonly rows: number;
  constructor(version: string, problem: string, rows: number) {
    super('DL_OUTPUT_INVALID', `Version ${version} answered with what cannot be an answer: ${problem}.`, {
      fix: 'Look at the artifact of that version, and go back if it is in production: driftloop version rollback',
      status: 500,
    });
    this.rows = rows;
  }
}

/** Throws `OutputInvalid` where an answer is no number, is infinite, or has another shape than its task's. */
export function checkOutputs(version: string, task: DeclaredTask, outputs: readonly AnyOutput[]): void {
  const problems = outputs.map((output) => whyInvalid(task, output)).filter((problem) => problem !== null);
  if (problems.length > 0) throw new OutputInvalid(version, problems[0]!, problems.length);
}

/**
 * Why this is no answer of the task; null where it is one. What comes from another process is believed in nothing: not
 * even that it has the type that it is declared with.
 */
export function whyInvalid(task: DeclaredTask, output: unknown): string | null {
  if (typeof output !== 'object' || output === null) return `it is ${JSON.stringify(output)}`;
  const { label, labels, scores, value, text } = output as Readonly<Record<string, unknown>>;
  switch (task.kind) {
    case 'classification':
      return whyScoresInvalid(scores, [label]);
    case 'multi-label':
      return Array.isArray(labels) ? whyScoresInvalid(scores, labels) : 'it has no labels';
    case 'regression':
      return Number.isFinite(value) ? null : `its value is ${say(value)}`;
    case 'generation':
      return typeof text === 'string' ? null : 'it has no text';
    default:
      return task satisfies never;
  }
}

/** Every score is a number, and whatever is answered has one. */
function whyScoresInvalid(scores: unknown, answered: readonly unknown[]): string | null {
  if (typeof scores !== 'object' || scores === null) return 'it has no scores';
  for (const [label, score] of Object.entries(scores))
    if (!Number.isFinite(score)) return `the score of ${label} is ${say(score)}`;
  const without = answered.filter((label) => typeof label !== 'string' || !Object.hasOwn(scores, label));
  return without.length === 0 ? null : `it answers ${say(without[0])}, which has no score`;
}

/** A number that is none becomes null on its way between processes. */
const say = (value: unknown): string => {
  if (value === null) return 'no number';
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
};
