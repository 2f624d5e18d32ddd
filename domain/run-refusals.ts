import { DriftloopError } from './errors.ts';

/** What a run answers to somebody who speaks at the wrong moment. */

export const notWaiting = (runId: string) =>
  new DriftloopError('DL_RUN_NOT_WAITING', `Run ${runId} does not wait for a person now.`, {
    fix: `Somebody may have decided already, or it decided itself. See where it is: driftloop run show ${runId}`,
  });

export const notHeld = (runId: string) =>
  new DriftloopError(
    'DL_RUN_NOT_HELD',
    `The gate does not hold run ${runId} now: there is nothing to force.`,
    { fix: `See where it is: driftloop run show ${runId}` },
  );

/** Something that has to have a reason came without one. */
export const reasonNeeded = (what: string) =>
  new DriftloopError('DL_REASON_NEEDED', `${what} needs a reason.`, {
    fix: 'Say in one sentence why, for whoever reads it in a year.',
  });
