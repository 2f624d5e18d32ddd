import { z } from 'zod';
import { duration } from './duration.ts';
import { secretEnv, webhook } from './webhook-config.ts';

const approver = z
  .string()
  .regex(
    /^(role:(approver|admin)|(?!role:)\S.{0,79})$/,
    'must be the name of a person, "role:approver" or "role:admin"',
  );

/** Who is asked before a challenger answers production, and what no answer means. */
export const approvalSchema = z.strictObject({
  required: z.boolean().default(false).meta({ description: 'a person has to say yes before the rollout' }),
  approvers: z
    .array(approver)
    .min(1)
    .default(['role:approver'])
    .meta({ description: 'who may decide: names, or "role:approver"' }),
  quorum: z
    .int()
    .positive()
    .default(1)
    .meta({ description: 'so many people have to say yes; one who says no is enough to reject' }),
  requesterMayApprove: z
    .boolean()
    .default(true)
    .meta({ description: 'false: who started a run by hand does not decide on it' }),
  timeout: duration.default('24h').meta({ description: 'how long the question stands' }),
  onTimeout: z.enum(['reject', 'hold', 'escalate']).default('reject').meta({
    description:
      'what no answer means; hold: it stays asked; escalate: escalateTo is asked as well, for as long again, then it is rejected',
  }),
  escalateTo: z
    .array(approver)
    .min(1)
    .default(['role:admin'])
    .meta({ description: 'who may decide as well once nobody has in time' }),
  notify: z
    .strictObject({
      webhook: webhook('where it is told that a decision is asked for, made, void or late: POST, signed'),
      secretEnv: secretEnv('DRIFTLOOP_APPROVAL_SECRET'),
    })
    .optional()
    .meta({ description: 'a chat tool or any other receiver; it is told, and decides nothing' }),
});
