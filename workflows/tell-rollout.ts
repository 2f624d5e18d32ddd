import { isOnTrial, isSameStage } from '../domain/rollout.ts';
import type { OnTrial, Rollout, RolloutEvent } from '../domain/rollout.ts';
import type { Course } from './rollout-course.ts';
import type { storyOf } from './story.ts';

/** One event of a rollout and what came of it. */
export type Turn = { before: OnTrial; event: RolloutEvent; after: Rollout };

/** What of a turn is told in the story of the run: what has changed, and not every look. */
export async function tellTurn(tell: ReturnType<typeof storyOf>, course: Course, turn: Turn): Promise<void> {
  const sentence = sentenceOf(turn, course);
  if (sentence === null) return;
  const { event, after } = turn;
  const judged = event.kind === 'look' ? { judgement: event.judgement.kind } : { word: event.kind };
  await tell('rollout', sentence, { ...judged, ...placeOf(after) });
}

/** Where a rollout is, for whoever reads its row. */
export const placeOf = (rollout: Rollout): Readonly<Record<string, unknown>> => ({
  rollout: rollout.phase,
  ...(rollout.phase === 'canary' ? { share: rollout.share } : {}),
  ...(isOnTrial(rollout) && rollout.hold !== null ? { heldFor: rollout.hold.for } : {}),
});

function sentenceOf({ before, event, after }: Turn, course: Course): string | null {
  switch (event.kind) {
    case 'pause':
      return isOnTrial(after) ? (after.hold?.sentence ?? null) : null;
    case 'resume':
      return `${event.by} resumed it.`;
    case 'skip':
      return `${event.by} skipped the rest of the phase: ${event.reason}`;
    case 'abort':
    case 'overruled':
      return after.phase === 'withdrawn' ? after.because : null;
    case 'look':
      break;
    default:
      return event satisfies never;
  }
  const { judgement, time } = event;
  if (!isOnTrial(after) || !isSameStage(before, after)) return judgement.sentence;
  if (after.hold !== null) return after.hold.for === before.hold?.for ? null : after.hold.sentence;
  if (before.hold !== null) return 'It goes on.';
  if (judgement.kind !== 'inconclusive' || time === 'early' || course.hasToldMissing) return null;
  course.hasToldMissing = true;
  return judgement.sentence;
}
