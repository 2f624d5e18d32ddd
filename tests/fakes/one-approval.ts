import type { Approval, BoundTo, Decision } from '../../domain/approval.ts';

/** A question of a run that a monitor began, which one approver may answer. */
export const oneApproval = (
  boundTo: BoundTo,
): { -readonly [K in keyof Approval]: Approval[K] } & { decisions: Decision[] } => ({
  about: 'promotion',
  policy: {
    quorum: 1,
    approvers: ['role:approver'],
    requesterMayApprove: true,
    escalateTo: ['role:admin'],
  },
  requester: null,
  isEscalated: false,
  boundTo,
  since: { artifact: null, report: null, test: null, policy: null },
  outdated: null,
  decisions: [],
});
