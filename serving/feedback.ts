import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { ErrorCode } from '../domain/error-codes.ts';
import { DriftloopError } from '../domain/errors.ts';
import { feedbackKinds, feedbackMessage } from '../domain/messages.ts';
import type { FeedbackMessage } from '../domain/messages.ts';
import { DEEPEST, isNestedTooDeep } from '../domain/nesting.ts';

/** Why one item of a feedback request was not accepted. */
export type FeedbackProblem = { index: number; code: ErrorCode; message: string; fix: string };

/** No item of a feedback request could be accepted. */
export class FeedbackInvalid extends DriftloopError {
  readonly problems: readonly FeedbackProblem[];
  constructor(problems: readonly FeedbackProblem[]) {
    const first = problems[0];
    super(
      'DL_FEEDBACK_INVALID',
      first === undefined ? 'No feedback was sent.' : `No item was accepted; the first: ${first.message}`,
      { fix: first?.fix ?? 'Send one object or an array of { predictionId, kind, value }.' },
    );
    this.problems = problems;
  }
}

/**
 * What a client may send: as the Kafka contract, but `feedbackId`, `at` and `source` may be missing, `at` may have any
 * precision, and a prediction id may be written in capitals.
 */
export const feedbackItem = feedbackMessage
  .extend({
    feedbackId: z.string().min(1).max(200).optional(),
    predictionId: z.uuidv7({ error: 'must be the predictionId (a UUIDv7) of an answer' }),
    value: z
      .unknown()
      .refine((value) => !isNestedTooDeep(value), `is nested more than ${DEEPEST} deep`)
      .optional(),
    at: z.iso
      .datetime({ offset: true, error: 'must be an RFC 3339 time, such as 2025-11-17T14:20:00.000Z' })
      .optional(),
    source: z.string().min(1).max(200).optional(),
  })
  .refine(({ kind, value }) => kind === 'retract' || (value !== undefined && value !== null), {
    path: ['value'],
    message: 'is missing',
  });

/** Sorts a request's items into what can be published and what is wrong with the others; nothing is dropped unsaid. */
export function sortFeedback(
  items: readonly unknown[],
  now: number,
): { messages: FeedbackMessage[]; problems: FeedbackProblem[] } {
  const messages: FeedbackMessage[] = [];
  const problems: FeedbackProblem[] = [];
  items.forEach((given, index) => {
    const parsed = feedbackItem.safeParse(given);
    if (!parsed.success) {
      problems.push({ index, ...sayProblem(parsed.error) });
      return;
    }
    const { feedbackId, predictionId, kind, value, at, source } = parsed.data;
    messages.push({
      feedbackId: feedbackId ?? uuidv7({ msecs: now }),
      predictionId: predictionId.toLowerCase(),
      kind,
      value: value ?? null,
      at: new Date(at ?? now).toISOString(),
      source: source ?? 'http',
    });
  });
  return { messages, problems };
}

const fixes: Readonly<Record<string, string>> = {
  predictionId: 'Send the predictionId that came with the answer.',
  kind: `Send one of ${feedbackKinds.join(', ')}.`,
  value: 'Send what turned out to be right, such as "value": "UP".',
  at: 'Send the time at which it became known, or leave it out.',
};

function sayProblem(error: z.ZodError): Omit<FeedbackProblem, 'index'> {
  const field = String(error.issues[0]?.path[0] ?? '');
  return {
    code: 'DL_FEEDBACK_INVALID',
    message: error.issues.map((issue) => `${issue.path.join('.') || 'item'}: ${issue.message}`).join('; '),
    fix: fixes[field] ?? 'Send { predictionId, kind, value }.',
  };
}
