import { and, asc, desc, eq, sql } from 'drizzle-orm';
import { boundParts, changedParts, isHolding, standingOf, whyNot } from '../../domain/approval.ts';
import type { Approval, BoundTo, Decision } from '../../domain/approval.ts';
import { DriftloopError } from '../../domain/errors.ts';
import type { NewDecision } from '../../domain/ports.ts';
import { isSamePerson } from '../../domain/person.ts';
import { appendAudit } from './audit-log.ts';
import type { Handle, Transaction } from './database.ts';
import { digestOf } from './digests.ts';
import { emit } from './events.ts';
import { readOutdated } from './outdated-look.ts';
import { alreadyDecided, approvalOutdated, approvalVoid, mayNotDecide, unknownRun } from './refusals.ts';
import { configApplications, models } from './schema/config.ts';
import { versions } from './schema/registry.ts';
import { approvals, evaluations, runEvents, runs } from './schema/runs.ts';

type Db = Handle['db'] | Transaction;
type RunRow = typeof runs.$inferSelect;

/** How the question that a run asks stands: who has said what, and what a decision would hold for now. */
export async function readApproval(db: Db, id: string): Promise<Approval> {
  const [run] = await db.select().from(runs).where(eq(runs.id, id));
  if (run === undefined) throw unknownRun(id);
  return approvalOf(db, run);
}

/**
 * Keeps one person's decision, if they may decide, have not yet, and have seen what is there now. The same decision id
 * again is the same decision. Taken or refused, it stands in the audit log.
 */
export async function takeDecision(
  { db, schema }: Handle,
  id: string,
  given: NewDecision,
): Promise<Approval> {
  try {
    return await db.transaction((tx) => recordDecision(tx, schema, id, given));
  } catch (error) {
    if (!(error instanceof DriftloopError) || error.code === 'DL_UNKNOWN_RUN') throw error;
    const { kind, by, via = null, reason } = given;
    const { code } = error;
    await db.transaction(async (tx) => {
      const [run] = await tx.select({ model: runs.model }).from(runs).where(eq(runs.id, id));
      const model = run?.model ?? null;
      const refusal = { action: kind, by, via, model, subject: id, because: reason, refused: code };
      await appendAudit(tx, schema, refusal);
    });
    throw error;
  }
}

async function recordDecision(
  tx: Transaction,
  schema: string,
  id: string,
  given: NewDecision,
): Promise<Approval> {
  // One at a time: two people at once must not both be the last.
  const [run] = await tx.select().from(runs).where(eq(runs.id, id)).for('update');
  if (run === undefined) throw unknownRun(id);
  const approval = await approvalOf(tx, run);
  if (await isKept(tx, given.decisionId)) return approval;
  const { kind, by, roles, reason, decisionId } = given;
  const { about, boundTo, since, decisions } = approval;

  const obstacle = whyNot({ name: by, roles }, approval);
  if (obstacle !== null) throw mayNotDecide(id, by, obstacle, approval);
  const standing = standingOf(approval);
  if (standing.kind === 'approved' || standing.kind === 'rejected')
    throw alreadyDecided(id, standing.kind, [standing.by].flat().join(' and '));
  if (approval.outdated !== null) throw approvalOutdated(id, approval.outdated);
  const changed = given.boundTo === undefined ? [] : changedParts(given.boundTo, boundTo);
  if (changed.length > 0) throw approvalVoid(id, changed, since);
  const before = decisions.find((d) => isSamePerson(d.by, by) && isHolding(d, approval));
  if (before !== undefined) throw alreadyDecided(id, before.kind, before.by);

  const [row] = await tx
    .insert(approvals)
    .values({
      runId: id,
      about,
      kind,
      by,
      roles,
      because: reason,
      decisionId,
      versionDigest: boundTo.artifact,
      reportDigest: boundTo.report,
      testDigest: boundTo.test,
      policyDigest: boundTo.policy,
      configDigest: run.configDigest,
    })
    .returning();
  const data = { runId: id, about, decision: kind, by, because: reason };
  await emit(tx, { type: 'driftloop.approval.decided.v1', model: run.model, data });
  const details = Object.fromEntries(boundParts.map((part) => [part, boundTo[part]]));
  await appendAudit(tx, schema, {
    action: kind,
    by,
    via: given.via ?? null,
    model: run.model,
    subject: id,
    because: reason,
    details,
  });
  return { ...approval, decisions: [...decisions, toDecision(row!)] };
}

async function approvalOf(db: Db, run: RunRow): Promise<Approval> {
  const about = run.version === null ? 'training' : 'promotion';
  const [model] = await db.select().from(models).where(eq(models.name, run.model));
  const { quorum, approvers, requesterMayApprove, escalateTo, ...rest } = model!.config.approval;
  const rows = await db
    .select()
    .from(approvals)
    .where(and(eq(approvals.runId, run.id), eq(approvals.about, about)))
    .orderBy(asc(approvals.id));
  const policy = { quorum, approvers, requesterMayApprove, escalateTo };
  const rules = { gate: model!.config.gate, approval: { ...rest, ...policy } };
  return {
    about,
    policy,
    requester: run.trigger.by ?? null,
    isEscalated: await isEscalated(db, run.id),
    outdated: isAsked(run) ? await readOutdated(db, run.id) : null,
    ...(await present(db, run, { digest: digestOf(rules), configDigest: model!.configDigest })),
    decisions: rows.map(toDecision),
  };
}

/** Where nobody is asked about a version nobody decides, and what was decided then is not made another by labels that come later. */
const isAsked = ({ phase, endedAt, version }: RunRow): boolean =>
  version !== null && endedAt === null && phase === 'waiting-for-approval';

/** What a decision would hold for now, and since when each of it is so. */
async function present(
  db: Db,
  run: RunRow,
  policy: { digest: string; configDigest: string },
): Promise<Pick<Approval, 'boundTo' | 'since'>> {
  const [artifact] =
    run.version === null
      ? []
      : await db
          .select({ digest: versions.digest, at: versions.createdAt })
          .from(versions)
          .where(and(eq(versions.model, run.model), eq(versions.version, run.version)));
  const [seen] = await db
    .select({ report: evaluations.reportDigest, test: evaluations.testDigest, at: evaluations.at })
    .from(evaluations)
    .where(eq(evaluations.runId, run.id))
    .orderBy(desc(evaluations.look))
    .limit(1);
  const [applied] = await db
    .select({ at: configApplications.appliedAt })
    .from(configApplications)
    .where(eq(configApplications.digest, policy.configDigest))
    .orderBy(desc(configApplications.id))
    .limit(1);
  const seenAt = seen?.at.toISOString() ?? null;
  return {
    boundTo: {
      artifact: artifact?.digest ?? null,
      report: seen?.report ?? null,
      test: seen?.test ?? null,
      policy: policy.digest,
    },
    since: {
      artifact: artifact?.at.toISOString() ?? null,
      report: seenAt,
      test: seenAt,
      policy: applied?.at.toISOString() ?? null,
    },
  };
}

/** The story says whom the run has asked. */
async function isEscalated(db: Db, runId: string): Promise<boolean> {
  const [asked] = await db
    .select({ is: sql<boolean>`(${runEvents.data} #>> '{asked,isEscalated}')::boolean` })
    .from(runEvents)
    .where(and(eq(runEvents.runId, runId), sql`${runEvents.data} ? 'asked'`))
    .orderBy(desc(runEvents.position))
    .limit(1);
  return asked?.is ?? false;
}

async function isKept(tx: Transaction, decisionId: string): Promise<boolean> {
  const rows = await tx
    .select({ id: approvals.id })
    .from(approvals)
    .where(eq(approvals.decisionId, decisionId));
  return rows.length > 0;
}

function toDecision(row: typeof approvals.$inferSelect): Decision {
  const boundTo: BoundTo = {
    artifact: row.versionDigest,
    report: row.reportDigest,
    test: row.testDigest,
    policy: row.policyDigest,
  };
  const { kind, by, roles, because, at } = row;
  return { kind, by, roles, reason: because, at: at.toISOString(), boundTo };
}
