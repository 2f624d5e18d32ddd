import { readWayBack } from '../../console/versions/way-back.ts';
import type { WayBackView } from '../../console/versions/way-back.ts';
import { rightToSteer } from '../../domain/rollout.ts';
import type { RolloutStanding, Steering } from '../../domain/rollout.ts';
import { sayToRollout } from '../../domain/steer-rollout.ts';
import type { Installation } from './installation.ts';

/** Rollouts: how a challenger takes production, and what a person may say to it. */
export function rolloutsOf({ admit, loop, stores }: Installation) {
  const say = async (model: string, kind: Steering['kind'], reason: string) => {
    const { name: by, via } = await admit({ right: rightToSteer[kind], model });
    const word = { kind, by, via, reason: reason === '' ? null : reason };
    const { runId, version } = await sayToRollout(await loop(), model, word);
    return { model, runId, version, heard: kind };
  };
  return {
    /** Null where none goes on. */
    async get(model: string): Promise<RolloutStanding | null> {
      await admit({ right: 'view', model });
      return (await loop()).rollout(model);
    },
    /** Where the way back leads, and how it did when it was last tried. */
    async wayBack(model: string): Promise<WayBackView> {
      await admit({ right: 'view', model });
      return await readWayBack(stores, model, true);
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
