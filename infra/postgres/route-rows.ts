import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { Why } from '../../domain/ports.ts';
import type { Route } from '../../domain/version.ts';
import type { Handle, Transaction } from './database.ts';
import { emit } from './events.ts';
import { deployments, rolloutSteps, routes } from './schema/registry.ts';

type Row = typeof routes.$inferSelect;
type NewRoute = Omit<typeof routes.$inferInsert, 'by' | 'because' | 'runId' | 'generation' | 'updatedAt'>;

export const toRoute = (row: Row): Route => ({
  model: row.model,
  generation: row.generation,
  champion: { version: row.champion, digest: row.championDigest },
  challenger:
    row.challenger === null
      ? null
      : { version: row.challenger, digest: row.challengerDigest!, share: row.share!, mode: row.mode! },
  updatedAt: row.updatedAt.toISOString(),
});

export async function currentRoute(db: Handle['db'] | Transaction, model: string): Promise<Row | null> {
  const [row] = await db
    .select()
    .from(routes)
    .where(eq(routes.model, model))
    .orderBy(desc(routes.generation))
    .limit(1);
  return row ?? null;
}

/** The channel on which changes of routes are announced; the payload is the model. */
export const routeChannel = (schema: string): string => `${schema}_routes`;

/** Writes the next generation and announces it at commit. */
export async function nextGeneration(
  tx: Transaction,
  schema: string,
  present: Row | null,
  next: NewRoute,
  why: Why,
): Promise<Row> {
  const [row] = await tx
    .insert(routes)
    .values({
      ...next,
      generation: (present?.generation ?? 0) + 1,
      by: why.by,
      because: why.because,
      runId: why.runId ?? null,
    })
    .returning();
  const { model, generation, champion, challenger, share, mode, by, because, runId } = row!;
  const data = { generation, champion, challenger, share, mode, by, because, runId };
  await emit(tx, { type: 'driftloop.route.changed.v1', model, data });
  await tx.execute(sql`select pg_notify(${routeChannel(schema)}, ${next.model})`);
  return row!;
}

/** Keeps the step with the digests of what it was taken on. */
export async function recordStep(
  tx: Transaction,
  route: Row,
  step: Pick<typeof rolloutSteps.$inferInsert, 'phase' | 'version' | 'digest' | 'share' | 'configDigest'>,
): Promise<void> {
  const { model, generation, champion, championDigest, by, because, runId } = route;
  await tx
    .insert(rolloutSteps)
    .values({ ...step, model, generation, champion, championDigest, by, because, runId });
}

/** The deployment of the present champion. */
export async function openDeployment(db: Handle['db'] | Transaction, model: string) {
  const [row] = await db
    .select()
    .from(deployments)
    .where(and(eq(deployments.model, model), isNull(deployments.endedAt)));
  return row ?? null;
}
