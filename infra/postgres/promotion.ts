import { and, eq, sql } from 'drizzle-orm';
import type { Why } from '../../domain/ports.ts';
import type { Route } from '../../domain/version.ts';
import { referenceOf, restore, start } from '../../monitors/regret.ts';
import { appendAudit } from './audit-log.ts';
import { foldLock, lockUntilCommit, type Handle, type Transaction } from './database.ts';
import { emit } from './events.ts';
import { currentRoute, nextGeneration, openDeployment, recordStep, toRoute } from './route-rows.ts';
import { championChanged } from './refusals.ts';
import { models } from './schema/config.ts';
import { folds } from './schema/ingest.ts';
import { deployments, regrets, versions } from './schema/registry.ts';
import { findVersion, lockModel } from './version-store.ts';

/**
 * Makes a version the champion: route, roles, deployment log and a fresh regret in one transaction. The fold's lock
 * is held, so every labelled row counts for exactly one champion.
 */
export async function promote(
  { db, schema }: Handle,
  model: string,
  version: string,
  why: Why,
): Promise<Route> {
  return await db.transaction(async (tx) => {
    await lockUntilCommit(tx, foldLock(schema, model));
    const { configDigest } = await lockModel(tx, model);
    const next = await findVersion(tx, model, version);
    const present = await currentRoute(tx, model);
    if (present?.champion === version) return toRoute(present);
    if (present !== null && (await hasPromoted(tx, model, version, why.runId))) return toRoute(present);
    if (why.over !== undefined && present?.champion !== why.over) {
      throw championChanged(model, { version, over: why.over, present: present?.champion ?? 'nobody' });
    }

    const route = await nextGeneration(
      tx,
      schema,
      present,
      { model, champion: version, championDigest: next.digest, mode: null },
      why,
    );
    const predecessorReference = await retire(tx, model, why);
    // It was planned for the version that leaves.
    await tx.update(models).set({ refitOnsetSeq: null, refitAtSeq: null }).where(eq(models.name, model));
    await tx
      .update(versions)
      .set({ role: 'champion', promotedAt: sql`coalesce(${versions.promotedAt}, now())` })
      .where(and(eq(versions.model, model), eq(versions.version, version)));
    const labelled = await tx.select({ labelled: folds.labelled }).from(folds).where(eq(folds.model, model));
    await tx.insert(deployments).values({
      model,
      generation: route.generation,
      version,
      digest: next.digest,
      tookOverAtSeq: labelled[0]?.labelled ?? 0,
      by: why.by,
      because: why.because,
      runId: why.runId ?? null,
    });
    const served = next.promotedAt !== null && next.referenceErrorRate !== null;
    const state = served ? restore(next.referenceErrorRate) : start(predecessorReference);
    await tx.insert(regrets).values({ model, generation: route.generation, state });
    const data = {
      version,
      previous: present?.champion ?? null,
      generation: route.generation,
      by: why.by,
      because: why.because,
      runId: why.runId ?? null,
    };
    await emit(tx, { type: 'driftloop.champion.changed.v1', model, data });
    const step = { phase: 'champion', version, digest: next.digest, share: 1, configDigest } as const;
    await recordStep(tx, route, step);
    if (why.byHand !== undefined) {
      const { by, because } = why;
      await appendAudit(tx, schema, { ...why.byHand, by, because, model, subject: version });
    }
    return toRoute(route);
  });
}

/** Whether this run has made this version champion before, and somebody has gone back since. */
async function hasPromoted(
  tx: Transaction,
  model: string,
  version: string,
  runId: string | undefined,
): Promise<boolean> {
  if (runId === undefined) return false;
  const before = await tx
    .select({ generation: deployments.generation })
    .from(deployments)
    .where(and(eq(deployments.model, model), eq(deployments.version, version), eq(deployments.runId, runId)));
  return before.length > 0;
}

/** Closes the deployment of the present champion, if there is one. @returns the reference that it was held against */
async function retire(tx: Transaction, model: string, why: Why): Promise<number | null> {
  const present = await openDeployment(tx, model);
  if (present === null) return null;
  const healthy = why.leavesUnhealthy !== true;
  await tx
    .update(deployments)
    .set({ endedAt: sql`now()`, healthy })
    .where(and(eq(deployments.model, model), eq(deployments.generation, present.generation)));
  await tx
    .update(versions)
    .set({ role: 'retired' })
    .where(and(eq(versions.model, model), eq(versions.version, present.version)));
  const [regret] = await tx
    .select({ state: regrets.state })
    .from(regrets)
    .where(and(eq(regrets.model, model), eq(regrets.generation, present.generation)));
  return regret === undefined ? null : referenceOf(regret.state);
}
