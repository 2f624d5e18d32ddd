import { sayApprovers, sayChanged, sayOutdated } from '../../domain/approval.ts';
import type { Approval, BoundPart, Outdated, whyNot } from '../../domain/approval.ts';
import { DriftloopError } from '../../domain/errors.ts';

/** What the stores refuse, in the words of the person who asked. */
export const unknownModel = (model: string) =>
  new DriftloopError('DL_UNKNOWN_MODEL', `No model "${model}" is declared.`, {
    fix: 'Check the name with "driftloop model list"; declare it in driftloop.config.ts and run "driftloop apply".',
    status: 404,
  });

export const unknownVersion = (model: string, version: string) =>
  new DriftloopError('DL_UNKNOWN_VERSION', `Model "${model}" has no version "${version}".`, {
    fix: 'Check the name with "driftloop version list".',
    status: 404,
  });

export const unknownRun = (id: string) =>
  new DriftloopError('DL_UNKNOWN_RUN', `There is no run "${id}".`, {
    fix: 'Check the id with "driftloop run list".',
    status: 404,
  });

export const unknownToken = (id: string) =>
  new DriftloopError('DL_UNKNOWN_TOKEN', `There is no token "${id}".`, {
    fix: 'Check the id with "driftloop token list".',
    status: 404,
  });

export const unknownSnapshot = (id: string) =>
  new DriftloopError('DL_UNKNOWN_SNAPSHOT', `There is no snapshot "${id}".`, {
    fix: 'Check the id with "driftloop run show".',
    status: 404,
  });

export const noChampion = (model: string) =>
  new DriftloopError('DL_NO_CHAMPION', `Model "${model}" has no champion yet.`, {
    fix: `Give it one: driftloop model bootstrap ${model} --data FILE, or driftloop version import.`,
    status: 409,
  });

export const alreadyDecided = (id: string, kind: string, by: string) =>
  new DriftloopError('DL_ALREADY_DECIDED', `Run "${id}" was decided before: "${kind}" by ${by}.`, {
    fix: 'That decision stands; start another run with "driftloop run start" if it was wrong.',
  });

export const approvalVoid = (id: string, changed: readonly BoundPart[], since: Approval['since']) => {
  const at = changed.map((part) => since[part]).findLast((time) => time !== null);
  const when = at === undefined || at === null ? '' : ` at ${at}`;
  return new DriftloopError('DL_APPROVAL_VOID', `This approval is void: ${sayChanged(changed)}${when}.`, {
    fix: `Read the new report: driftloop run show ${id} --dossier`,
  });
};

export const approvalOutdated = (id: string, outdated: Outdated) =>
  new DriftloopError('DL_APPROVAL_VOID', `This approval is void: ${sayOutdated(outdated)}.`, {
    fix: `The gate looks again by itself, and you are asked anew: driftloop run watch ${id}`,
  });

export const mayNotDecide = (
  id: string,
  by: string,
  obstacle: NonNullable<ReturnType<typeof whyNot>>,
  { policy, isEscalated }: Pick<Approval, 'policy' | 'isEscalated'>,
) => {
  const asked = sayApprovers(isEscalated ? [...policy.approvers, ...policy.escalateTo] : policy.approvers);
  return obstacle === 'requester'
    ? new DriftloopError(
        'DL_REQUESTER_DECIDES',
        `${by} has asked for run "${id}", and approval.requesterMayApprove is false.`,
        { fix: `Let somebody else decide: ${asked}.` },
      )
    : new DriftloopError('DL_NOT_AN_APPROVER', `${by} is not among those who decide on run "${id}".`, {
        fix: `Ask ${asked}, or have approval.approvers changed.`,
      });
};

export const roleByPromotion = (model: string, version: string, role: string) =>
  new DriftloopError(
    'DL_ROLE_BY_PROMOTION',
    `The role of "${version}" of model "${model}" cannot be set to "${role}" by itself: there is exactly one champion.`,
    { fix: 'Promote the version that shall answer production; the champion before it retires.', status: 409 },
  );

export const challengerIsChampion = (model: string, version: string) =>
  new DriftloopError(
    'DL_CHALLENGER_IS_CHAMPION',
    `"${version}" is the champion of model "${model}" and cannot be its challenger.`,
    { fix: 'Choose another version.', status: 409 },
  );

export const championChanged = (
  model: string,
  { version, over, present }: { version: string; over: string; present: string },
) =>
  new DriftloopError(
    'DL_CHAMPION_CHANGED',
    `${version} was judged against ${over}, but ${present} is the champion of ${model} now.`,
    { fix: `Start another run: driftloop run start ${model}`, status: 409 },
  );

export const snapshotCorrupt = (id: string, predictionId: string) =>
  new DriftloopError(
    'DL_SNAPSHOT_CORRUPT',
    `The row of prediction ${predictionId} is not the one that snapshot "${id}" was cut from: its hash differs.`,
    { fix: 'Start a new run; the stored input was changed behind the back of Driftloop.', status: 409 },
  );
