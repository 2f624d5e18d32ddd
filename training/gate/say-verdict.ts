/** Verdicts in sentences for people who know no statistics: what was decided, on how many rows, what is missing. */
import { count } from '../../domain/count.ts';
import type { GateQuestion } from './judge-challenger.ts';

/** "+1.3 points" as people say it; a true minus sign. */
function points(wins: number, losses: number, rows: number): string {
  const difference = (100 * (wins - losses)) / Math.max(1, rows);
  return `${difference < 0 ? '−' : '+'}${Math.abs(difference).toFixed(1)} points`;
}

/** What was asked: to be better, or with a margin not to be worse than that. */
function than(how: 'better' | 'worse', { notWorseBy = 0 }: GateQuestion): string {
  if (notWorseBy === 0) return how;
  return `${how === 'better' ? 'not more than' : 'more than'} ${(100 * notWorseBy).toFixed(1)} points worse`;
}

const seen = ({ wins, losses, rows }: GateQuestion): string =>
  `on ${count(rows)} rows that neither has seen, it alone was right on ${count(wins)}, ` +
  `the champion alone on ${count(losses)} (${points(wins, losses, rows)})`;

export const sayPromote = (question: GateQuestion, by: 'evidence' | 'patience'): string =>
  by === 'evidence'
    ? `Passed the gate: the challenger is ${than('better', question)}; ${seen(question)}.`
    : `Passed the gate: the challenger is not behind when the patience ends; ${seen(question)}. ` +
      'That is no proof that it is better.';

export function sayReject(question: GateQuestion, by: 'evidence' | 'patience' | 'expired'): string {
  if (by === 'evidence') return `Rejected: the challenger is ${than('worse', question)}; ${seen(question)}.`;
  if (by === 'patience')
    return `Rejected: the challenger is behind when the patience ends; ${seen(question)}.`;
  return `Rejected: the time to decide is over and nothing is proven; ${seen(question)}.`;
}

export function sayHold(question: GateQuestion, labelsNeeded: number | null): string {
  const missing =
    labelsNeeded === null
      ? 'it cannot be said yet how many labels would settle it'
      : `about ${count(labelsNeeded)} more labels would settle it`;
  return `Held: ${missing}; so far, ${seen(question)}.`;
}

/** Where neither was ever right alone. */
export const sayAlike = ({ rows }: GateQuestion): string =>
  `Held: both versions are right and wrong on the same ${count(rows)} rows, which neither has seen; that proves nothing of either.`;
