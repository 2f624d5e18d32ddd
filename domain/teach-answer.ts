import { z } from 'zod';
import { sayAnswers } from './answer-text.ts';
import { DriftloopError } from './errors.ts';
import { ratingOf } from './rating.ts';
import { labelOf } from './task.ts';
import type { DeclaredTask } from './task.ts';
import { answerKinds } from './teach.ts';
import type { TeachAnswer } from './teach.ts';

/** Answers of one request: more than a person gives in a day without a connection. */
export const ANSWERS_AT_MOST = 1_000;

const answerSchema = z.object({
  id: z.string().min(1).max(100),
  predictionId: z.uuid(),
  kind: z.enum(answerKinds),
  value: z.unknown().optional(),
  at: z.iso.datetime({ offset: true }),
});
const answersSchema = z.object({ answers: z.array(answerSchema).min(1).max(ANSWERS_AT_MOST) });

/** What people say of rows of a model, checked by its task. Throws DL_FEEDBACK_INVALID, and then none is taken. */
export function readTeachAnswers(task: DeclaredTask, body: unknown): TeachAnswer[] {
  const parsed = answersSchema.safeParse(body);
  if (!parsed.success)
    throw invalid(
      parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; '),
      'Send { answers: [{ id, predictionId, kind, value, at }] }.',
    );
  return parsed.data.answers.map((answer) => ({
    ...answer,
    value: readTeachValue(task, answer.kind, answer.value ?? null),
  }));
}

/** The value of one answer as feedback says it. Throws DL_FEEDBACK_INVALID where it is nothing that the task knows. */
export function readTeachValue(task: DeclaredTask, kind: TeachAnswer['kind'], value: unknown): unknown {
  if (kind === 'skip' || kind === 'unclear') return null;
  if (kind === 'undo') {
    if (typeof value === 'string' && value !== '') return value;
    throw invalid('An undo names no answer.', 'Send the id of the answer that is taken back as its value.');
  }
  if (kind === 'rating') {
    if (task.kind === 'generation' && ratingOf(value) !== null) return value;
    throw invalid(`${show(value)} is no rating of an answer.`, 'Send "up" or "down", of a text.');
  }
  const read = readTruth(task, value);
  if (read === null)
    throw invalid(`${show(value)} is nothing that a row can be.`, `Send ${sayAnswers(task)}.`);
  return read;
}

function readTruth(task: DeclaredTask, value: unknown): unknown {
  switch (task.kind) {
    case 'classification':
      return labelOf(task, value) ?? null;
    case 'multi-label': {
      if (!Array.isArray(value)) return null;
      const labels = value.map((one) => labelOf(task, one));
      return labels.includes(undefined) ? null : [...new Set(labels)].toSorted();
    }
    case 'regression': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      return typeof number === 'number' && Number.isFinite(number) ? number : null;
    }
    case 'generation':
      return typeof value === 'string' && value.trim() !== '' ? value : null;
    default:
      return task satisfies never;
  }
}

const show = (value: unknown) => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
};

const invalid = (message: string, fix: string) => new DriftloopError('DL_FEEDBACK_INVALID', message, { fix });
