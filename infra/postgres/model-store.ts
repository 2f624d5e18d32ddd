import { randomBytes } from 'node:crypto';
import { and, desc, eq, notInArray } from 'drizzle-orm';
import type { DriftloopConfig, ModelConfig } from '../../domain/model-config.ts';
import type { DeclaredModel, ModelStore } from '../../domain/ports.ts';
import { appendAudit } from './audit-log.ts';
import { lockUntilCommit, type Handle, type Transaction } from './database.ts';
import { digestOf } from './digests.ts';
import { unknownModel } from './refusals.ts';
import { configApplications, configs, labelCodes, models } from './schema/config.ts';

export function createModelStore({ db, schema }: Handle): ModelStore {
  const find = async (model: string): Promise<DeclaredModel> => {
    const [row] = await db
      .select()
      .from(models)
      .where(and(eq(models.name, model), eq(models.declared, true)));
    if (row === undefined) throw unknownModel(model);
    return declared(row);
  };
  return {
    async apply(config, by = 'driftloop apply', via) {
      const digest = digestOf(config);
      const changed = await db.transaction(async (tx) => {
        await lockUntilCommit(tx, `driftloop apply ${schema}`);
        const [latest] = await tx
          .select({ digest: configApplications.digest })
          .from(configApplications)
          .orderBy(desc(configApplications.id))
          .limit(1);
        if (latest?.digest === digest) return false;
        await tx.insert(configs).values({ digest, config }).onConflictDoNothing();
        await tx.insert(configApplications).values({ digest, by });
        await declare(tx, config, digest);
        await appendAudit(tx, schema, { by, via: via ?? null, action: 'apply', subject: digest });
        return true;
      });
      return { digest, changed };
    },

    async list() {
      const rows = await db.select().from(models).where(eq(models.declared, true)).orderBy(models.name);
      return rows.map(declared);
    },

    get: find,

    async getPinned(model, digest) {
      const [row] = await db
        .select({ config: configs.config })
        .from(configs)
        .where(eq(configs.digest, digest));
      const pinned = row?.config.models.find((m) => m.name === model);
      if (pinned === undefined) throw unknownModel(model);
      return pinned;
    },

    async recomputedDigest(digest) {
      const [row] = await db
        .select({ config: configs.config })
        .from(configs)
        .where(eq(configs.digest, digest));
      return row === undefined ? null : digestOf(row.config);
    },

    async applied({ limit }) {
      const rows = await db
        .select({
          digest: configApplications.digest,
          by: configApplications.by,
          at: configApplications.appliedAt,
          config: configs.config,
        })
        .from(configApplications)
        .innerJoin(configs, eq(configs.digest, configApplications.digest))
        .orderBy(desc(configApplications.id))
        .limit(limit);
      return rows.map(({ at, ...row }) => ({ ...row, at: at.toISOString() }));
    },

    async setPaused(model, paused, by = 'driftloop', via) {
      await db.transaction(async (tx) => {
        const rows = await tx
          .update(models)
          .set({ paused, pausedBy: paused ? by : null })
          .where(eq(models.name, model))
          .returning({ name: models.name });
        if (rows.length === 0) throw unknownModel(model);
        await appendAudit(tx, schema, { by, via: via ?? null, action: paused ? 'pause' : 'resume', model });
      });
    },
  };
}

const declared = (row: typeof models.$inferSelect): DeclaredModel => ({
  config: row.config,
  digest: row.configDigest,
  paused: row.paused,
  pausedBy: row.paused ? (row.pausedBy ?? 'somebody') : null,
});

async function declare(tx: Transaction, config: DriftloopConfig, configDigest: string): Promise<void> {
  for (const model of config.models) {
    await tx
      .insert(models)
      .values({ name: model.name, config: model, configDigest, salt: randomBytes(16).toString('hex') })
      .onConflictDoUpdate({ target: models.name, set: { config: model, configDigest, declared: true } });
    await tx.delete(labelCodes).where(eq(labelCodes.model, model.name));
    const codes = meanings(model);
    if (codes.length > 0) await tx.insert(labelCodes).values(codes);
  }
  const names = config.models.map((m) => m.name);
  await tx.update(models).set({ declared: false }).where(notInArray(models.name, names));
}

/** Every raw value that stands for a label; a label wins over a code that is written the same. A task may have none. */
const meanings = ({ name, task }: ModelConfig) => {
  if (!('labels' in task)) return [];
  const meaning = new Map<string, string>(Object.entries(task.codes ?? {}));
  for (const label of task.labels) meaning.set(label, label);
  return [...meaning].map(([raw, label]) => ({ model: name, raw, label }));
};
