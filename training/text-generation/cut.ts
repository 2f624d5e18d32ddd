import type { WrittenText } from './conversation.ts';

/** So much of the room is kept for what the last answer answers, however long the answer is. */
const GIVEN_SHARE = 1 / 4;

export type Cut = { text: WrittenText; given: number; answer: number };

/**
 * A text of at most so many tokens. What was said first goes first; of what is before the last answer a quarter of the
 * room is kept, and only then is the answer's end cut off, with the token that would have ended it.
 *
 * @returns how many tokens were cut off before the last answer, and how many off its end
 */
export function cutText({ ids, learns }: WrittenText, longest: number): Cut {
  const answerAt = startOfLastAnswer(learns);
  const kept = Math.min(answerAt, Math.floor(longest * GIVEN_SHARE));
  const end = Math.min(ids.length, answerAt - kept + longest);
  const start = Math.max(0, end - longest);
  return {
    text: { ids: ids.slice(start, end), learns: learns.slice(start, end) },
    given: start,
    answer: ids.length - end,
  };
}

/** What is left of what was said, where the answer is to come: its end. */
export const cutGiven = (ids: readonly number[], longest: number): readonly number[] =>
  ids.slice(Math.max(0, ids.length - longest));

/** The same, with nothing to be learnt but the last answer. */
export function lastAnswerOf({ ids, learns }: WrittenText): WrittenText {
  const from = startOfLastAnswer(learns);
  return { ids, learns: learns.map((is, at) => is && at >= from) };
}

function startOfLastAnswer(learns: readonly boolean[]): number {
  let at = learns.lastIndexOf(true);
  while (at > 0 && learns[at - 1]) at -= 1;
  return Math.max(0, at);
}
