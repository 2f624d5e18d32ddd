import type { Right } from '../../domain/person.ts';
import { noRollout } from '../../domain/rollout-refusals.ts';
import type { RolloutStanding, Steering } from '../../domain/rollout.ts';
import type { Installation } from './installation.ts';

/** The right that each word to a rollout asks for. */
const rights = {
  pause: 'pause',
  resume: 'resume',
  skip: 'start',
  abort: 'rollback',
} as const satisfies Record<Steering['kind'], Right>;

/** Rollouts: how a challenger takes production, and what a person may say to it. */
export function rolloutsOf({ admit, loop }: Installation) {
  const say = async (model: string, kind: Steering['kind'], reason: string) => {
    const person = await admit({ right: rights[kind], model });
    const told = await loop();
    const now = await told.rollout(model);
    if (now === null) throw noRollout(model);
    const { runId, version } = now;
    await told.steer(model, { runId, by: person.name, ...saidOf(kind, reason) });
    return { model, runId, version, heard: kind };
  };
  return {
    /** Null where none goes on. */
    async get(model: string): Promise<RolloutStanding | null> {
      await admit({ right: 'view', model });
      return (await loop()).rollout(model);
    },
    /** Holds it where it is; harm still withdraws it. */
    pause: (model: string, reason = '') => say(model, 'pause', reason),
    resume: (model: string, reason = '') => say(model, 'resume', reason),
    /** Goes on to the next phase without the evidence for it. Throws DL_ROLLOUT_FROZEN. */
    skip: (model: string, reason: string) => say(model, 'skip', reason),
    /** Takes the challenger off at once, whatever it waits for. */
    abort: (model: string, reason: string) => say(model, 'abort', reason),
  };
}

const saidOf = (kind: Steering['kind'], reason: string) =>
  kind === 'skip' || kind === 'abort' ? { kind, reason } : { kind, reason: reason || null };
