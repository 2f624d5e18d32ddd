import { and, desc, eq } from 'drizzle-orm';
import type { Speaker } from '../../domain/person.ts';
import { notHeld } from '../../domain/run-refusals.ts';
import type { Promotion } from '../../domain/verdict.ts';
import { appendAudit } from './audit-log.ts';
import type { Transaction } from './database.ts';
import { versions } from './schema/registry.ts';
import { runs, verdicts } from './schema/runs.ts';

/** A person's word against a gate that holds: a row of its own beside the gate's, that nothing takes away. */
export async function forceVerdict(
  tx: Transaction,
  schema: string,
  id: string,
  { by, via, reason }: Speaker & { reason: string },
): Promise<Promotion> {
  const [last] = await tx
    .select()
    .from(verdicts)
    .where(and(eq(verdicts.runId, id), eq(verdicts.forced, false)))
    .orderBy(desc(verdicts.look))
    .limit(1);
  if (last?.kind !== 'hold') throw notHeld(id);
  const sentence = `Forced by ${by} against the gate: ${reason} (the gate: ${last.verdict.sentence})`;
  const verdict: Promotion = { kind: 'promote', by: 'forced', sentence };
  const { at: _, ...seen } = last;
  const inserted = await tx
    .insert(verdicts)
    .values({ ...seen, forced: true, verdict, kind: 'promote', by, because: reason })
    .onConflictDoNothing()
    .returning();
  if (inserted.length === 0) return await forcedBefore(tx, id);
  const [run] = await tx.update(runs).set({ verdict }).where(eq(runs.id, id)).returning();
  await tx
    .update(versions)
    .set({ forced: { by, because: reason, runId: id } })
    .where(and(eq(versions.model, run!.model), eq(versions.version, run!.version ?? '')));
  const details = { gate: last.verdict.sentence };
  await appendAudit(tx, schema, {
    action: 'force',
    by,
    via: via ?? null,
    model: run!.model,
    subject: id,
    because: reason,
    details,
  });
  return verdict;
}

async function forcedBefore(tx: Transaction, id: string): Promise<Promotion> {
  const [row] = await tx
    .select()
    .from(verdicts)
    .where(and(eq(verdicts.runId, id), eq(verdicts.forced, true)));
  return row!.verdict as Promotion;
}
