import { and, asc, eq, getTableColumns, isNull, max } from 'drizzle-orm';
import { LEARNT_DIGITS, learntUnknown } from '../../domain/golden.ts';
import type { NewVersion, VersionStore } from '../../domain/ports.ts';
import type { Version } from '../../domain/version.ts';
import type { Handle, Transaction } from './database.ts';
import { emit } from './events.ts';
import { roleByPromotion, unknownModel, unknownVersion } from './refusals.ts';
import { models } from './schema/config.ts';
import { versions } from './schema/registry.ts';

/** What a version has learnt is as large as its rows are many: it is read where it is asked for, and nowhere else. */
const { learnt: _, learntIsWhole: __, ...columns } = getTableColumns(versions);
type Row = Omit<typeof versions.$inferSelect, 'learnt' | 'learntIsWhole'>;

export const toVersion = (row: Row): Version => ({
  model: row.model,
  version: row.version,
  number: row.number,
  digest: row.digest,
  role: row.role,
  parent: row.parent,
  runId: row.runId,
  snapshotId: row.snapshotId,
  createdAt: row.createdAt.toISOString(),
  promotedAt: row.promotedAt?.toISOString() ?? null,
  accuracyOnTest: row.accuracyOnTest,
  referenceErrorRate: row.referenceErrorRate,
  trainSeconds: row.trainSeconds,
  ...(row.forced === null ? {} : { forced: row.forced }),
});

const is = (model: string, version: string) => and(eq(versions.model, model), eq(versions.version, version));

/** Locks a model's row, so that numbers and roles are given one after the other. */
export async function lockModel(tx: Transaction, model: string): Promise<typeof models.$inferSelect> {
  const [row] = await tx.select().from(models).where(eq(models.name, model)).for('update');
  if (row === undefined) throw unknownModel(model);
  return row;
}

export async function findVersion(
  db: Handle['db'] | Transaction,
  model: string,
  version: string,
): Promise<Row> {
  const [row] = await db.select(columns).from(versions).where(is(model, version));
  if (row === undefined) throw unknownVersion(model, version);
  return row;
}

export function createVersionStore({ db }: Handle): VersionStore {
  const change = async (model: string, version: string, set: Partial<Row>) => {
    const rows = await db
      .update(versions)
      .set(set)
      .where(is(model, version))
      .returning({ v: versions.version });
    if (rows.length === 0) throw unknownVersion(model, version);
  };
  return {
    register: (version) => db.transaction((tx) => register(tx, version)),

    async list(model) {
      const rows = await db
        .select(columns)
        .from(versions)
        .where(eq(versions.model, model))
        .orderBy(asc(versions.number));
      return rows.map(toVersion);
    },

    get: async (model, version) => toVersion(await findVersion(db, model, version)),

    async champion(model) {
      const [row] = await db
        .select(columns)
        .from(versions)
        .where(and(eq(versions.model, model), eq(versions.role, 'champion')));
      return row === undefined ? null : toVersion(row);
    },

    async setRole(model, version, role) {
      await db.transaction(async (tx) => {
        await lockModel(tx, model);
        const row = await findVersion(tx, model, version);
        if (row.role === role) return;
        if (role === 'champion' || row.role === 'champion') throw roleByPromotion(model, version, role);
        await tx.update(versions).set({ role }).where(is(model, version));
      });
    },

    setAccuracyOnTest: (model, version, accuracyOnTest) => change(model, version, { accuracyOnTest }),

    reference: async (model, version) => (await findVersion(db, model, version)).reference,

    async learnt(model, version) {
      const [row] = await db
        .select({ learnt: versions.learnt, learntIsWhole: versions.learntIsWhole })
        .from(versions)
        .where(is(model, version));
      if (row === undefined) throw unknownVersion(model, version);
      const { learnt, learntIsWhole } = row;
      if (learnt === null) return learntUnknown;
      const digits = Buffer.from(learnt).toString('hex');
      const rows = Array.from({ length: digits.length / LEARNT_DIGITS }, (_, i) =>
        digits.slice(i * LEARNT_DIGITS, (i + 1) * LEARNT_DIGITS),
      );
      return { rows, isWhole: learntIsWhole };
    },
  };
}

async function register(tx: Transaction, { learnt, ...version }: NewVersion): Promise<Version> {
  const { model, digest, runId } = version;
  await lockModel(tx, model);
  const [known] = await tx
    .select(columns)
    .from(versions)
    .where(
      and(
        eq(versions.model, model),
        eq(versions.digest, digest),
        runId === null ? isNull(versions.runId) : eq(versions.runId, runId),
      ),
    );
  if (known !== undefined) return toVersion(known);
  const [last] = await tx
    .select({ number: max(versions.number) })
    .from(versions)
    .where(eq(versions.model, model));
  const number = (last?.number ?? 0) + 1;
  const [row] = await tx
    .insert(versions)
    .values({
      ...version,
      ...(learnt === undefined
        ? {}
        : { learnt: Buffer.from(learnt.rows.join(''), 'hex'), learntIsWhole: learnt.isWhole }),
      number,
      version: `v${number}`,
      role: 'challenger',
    })
    .returning();
  const data = { version: `v${number}`, digest, parent: version.parent, runId };
  await emit(tx, { type: 'driftloop.version.registered.v1', model, data });
  return toVersion(row!);
}
