import { z } from 'zod';
import type { AuditAction, AuditEntry } from './audit.ts';
import { trialModes } from './version.ts';

/**
 * What the loop tells the world, every change of state of it: CloudEvents 1.0 in `<namespace>.driftloop.events.v1`, keyed
 * by model, and to the webhooks that ask for them. The table is what docs/reference and the filters of webhooks know.
 */

const route = z.object({
  generation: z.int(),
  champion: z.string(),
  challenger: z.string().nullable(),
  share: z.number().nullable(),
  mode: z.enum(trialModes).nullable().describe('how the challenger meets the traffic'),
  by: z.string(),
  because: z.string(),
  runId: z.string().nullable(),
});

/** What somebody did, as the audit log has it. */
const act = z.object({
  by: z.string(),
  via: z.enum(['token', 'oidc', 'local']).nullable(),
  action: z.string().describe('as the audit log names it'),
  subject: z.string().nullable().describe('what it was done to: a version, a run, a token, a digest'),
  because: z.string().nullable(),
  refused: z.string().nullable().describe('the code of why it was not done; null where it was'),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullable(),
});

const alert = z.object({
  alertname: z.string(),
  fingerprint: z.string(),
  kind: z.string().nullable().describe('regret, quality, estimated, drift, data or silence'),
  level: z.string().nullable().describe('suspected or detected'),
  startsAt: z.string(),
  endsAt: z.string().nullable(),
  sentence: z.string(),
});

const kinds = {
  'driftloop.run.begun.v1': z.object({ runId: z.string(), trigger: z.string(), because: z.string() }),
  'driftloop.run.advanced.v1': z.object({
    runId: z.string(),
    phase: z.string(),
    sentence: z.string().describe('the line of its story'),
  }),
  'driftloop.run.ended.v1': z.object({
    runId: z.string(),
    outcome: z.enum(['promoted', 'rejected', 'withdrawn', 'skipped', 'failed']),
    version: z.string().nullable(),
    sentence: z.string(),
  }),
  'driftloop.run.forced.v1': act,
  'driftloop.gate.judged.v1': z.object({
    runId: z.string(),
    look: z.int(),
    rows: z.int(),
    version: z.string(),
    champion: z.string(),
    verdict: z.enum(['promote', 'hold', 'reject']),
    labelsNeeded: z.number().nullable().describe('of a hold: how many more labels would be enough'),
    sentence: z.string(),
  }),
  'driftloop.gate.blocked.v1': act,
  'driftloop.approval.requested.v1': z.object({
    runId: z.string(),
    about: z.enum(['training', 'promotion']),
    until: z.string().nullable().describe('when it is over by itself'),
    isEscalated: z.boolean(),
    sentence: z.string(),
  }),
  'driftloop.approval.decided.v1': z.object({
    runId: z.string(),
    about: z.enum(['training', 'promotion']),
    decision: z.enum(['approve', 'reject']),
    by: z.string(),
    because: z.string(),
  }),
  'driftloop.version.registered.v1': z.object({
    version: z.string(),
    digest: z.string(),
    parent: z.string().nullable(),
    runId: z.string().nullable(),
  }),
  'driftloop.version.imported.v1': act,
  'driftloop.version.signed.v1': act,
  'driftloop.version.rolled-back.v1': act,
  'driftloop.route.changed.v1': route,
  'driftloop.champion.changed.v1': z.object({
    version: z.string(),
    previous: z.string().nullable(),
    generation: z.int(),
    by: z.string(),
    because: z.string(),
    runId: z.string().nullable(),
  }),
  'driftloop.rollout.moved.v1': z.object({
    runId: z.string(),
    phase: z.string().describe('shadow, canary, bake or champion'),
    share: z.number().nullable(),
    sentence: z.string(),
  }),
  'driftloop.rollout.held.v1': z.object({
    runId: z.string(),
    phase: z.string(),
    share: z.number().nullable(),
    heldFor: z.string().describe('person, evidence, metrics, freeze or servers'),
    sentence: z.string(),
  }),
  'driftloop.rollout.withdrawn.v1': z.object({ runId: z.string(), sentence: z.string() }),
  'driftloop.rollout.paused.v1': act,
  'driftloop.rollout.resumed.v1': act,
  'driftloop.rollout.skipped.v1': act,
  'driftloop.rollout.aborted.v1': act,
  'driftloop.rollback.drilled.v1': act,
  'driftloop.alert.fired.v1': alert,
  'driftloop.alert.resolved.v1': alert,
  'driftloop.model.paused.v1': act,
  'driftloop.model.resumed.v1': act,
  'driftloop.model.bootstrapped.v1': act,
  'driftloop.config.applied.v1': act,
  'driftloop.golden.added.v1': act,
  'driftloop.golden.retired.v1': act,
  'driftloop.topic.reread.v1': act,
  'driftloop.backup.taken.v1': act,
  'driftloop.backup.restored.v1': act,
  'driftloop.token.created.v1': act,
  'driftloop.token.revoked.v1': act,
  'driftloop.access.refused.v1': act,
  'driftloop.webhook.given-up.v1': z.object({
    webhook: z.string(),
    eventId: z.string(),
    eventType: z.string(),
    tries: z.int(),
    problem: z.string(),
  }),
  'driftloop.webhook.tested.v1': z.object({ webhook: z.string(), by: z.string() }),
} as const;

type Kinds = typeof kinds;
export type EventType = keyof Kinds;
export const eventTypes = Object.keys(kinds) as readonly EventType[];

/** Something that has happened, to a model or (null) to the installation. */
export type LoopEvent = {
  [K in keyof Kinds]: { type: K; model: string | null; data: z.output<Kinds[K]> };
}[keyof Kinds];

const envelope = z.object({
  specversion: z.literal('1.0'),
  id: z
    .string()
    .meta({ description: 'the same event has the same id, however often it stands in the topic' }),
  source: z.string().meta({ description: '/driftloop/<namespace>' }),
  subject: z
    .string()
    .optional()
    .meta({ description: 'the model; left out where it concerns the whole installation' }),
  time: z.iso.datetime({ precision: 3 }),
  datacontenttype: z.literal('application/json'),
});

/** The message as it stands in the topic. */
export const eventMessage = z.discriminatedUnion(
  'type',
  eventTypes.map((type) => envelope.extend({ type: z.literal(type), data: kinds[type] })) as unknown as [
    z.ZodObject<{ type: z.ZodLiteral<string> }>,
  ],
);

/** Events of people by what the audit log calls their deed; null: another event tells it, or nothing has changed. */
const actTypes = {
  apply: 'driftloop.config.applied.v1',
  approve: null,
  reject: null,
  force: 'driftloop.run.forced.v1',
  start: null,
  pause: 'driftloop.model.paused.v1',
  resume: 'driftloop.model.resumed.v1',
  rollback: 'driftloop.version.rolled-back.v1',
  'pause rollout': 'driftloop.rollout.paused.v1',
  'resume rollout': 'driftloop.rollout.resumed.v1',
  'skip rollout': 'driftloop.rollout.skipped.v1',
  'abort rollout': 'driftloop.rollout.aborted.v1',
  'rollback drill': 'driftloop.rollback.drilled.v1',
  import: 'driftloop.version.imported.v1',
  sign: 'driftloop.version.signed.v1',
  bootstrap: 'driftloop.model.bootstrapped.v1',
  'reread topic': 'driftloop.topic.reread.v1',
  'add golden': 'driftloop.golden.added.v1',
  'retire golden': 'driftloop.golden.retired.v1',
  backup: 'driftloop.backup.taken.v1',
  restore: 'driftloop.backup.restored.v1',
  'create token': 'driftloop.token.created.v1',
  'revoke token': 'driftloop.token.revoked.v1',
  'import labels': null,
  gate: 'driftloop.gate.blocked.v1',
  login: null,
  logout: null,
  access: null,
} as const satisfies Readonly<Record<AuditAction, EventType | null>>;

/** What an entry of the audit log tells the world. */
export function eventOfAct({ model, ...deed }: AuditEntry): LoopEvent | null {
  const isRefused = deed.refused !== null && deed.action !== 'gate';
  const type = isRefused ? 'driftloop.access.refused.v1' : actTypes[deed.action];
  return type === null ? null : { type, model, data: deed };
}
