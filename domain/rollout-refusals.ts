import { DriftloopError } from './errors.ts';

/** What is answered to somebody who steers a rollout at the wrong moment. */

export const noRollout = (model: string) =>
  new DriftloopError('DL_NO_ROLLOUT', `No challenger of ${model} is being rolled out now.`, {
    fix: `It may be over: driftloop run list ${model}. Back to the version before: driftloop version rollback ${model}`,
    status: 409,
  });

export const rolloutFrozen = (model: string, frozen: string) =>
  new DriftloopError('DL_ROLLOUT_FROZEN', `${model} cannot be moved forward now: ${frozen}`, {
    fix: 'Wait for its end, take the freeze out of the config, or resume the model. Aborting always works.',
    status: 409,
  });
