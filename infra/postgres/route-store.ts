import { and, desc, eq, isNotNull, ne, sql } from 'drizzle-orm';
import type { RouteStore } from '../../domain/ports.ts';
import type { Trial } from '../../domain/version.ts';
import type { Handle } from './database.ts';
import { promote } from './promotion.ts';
import { challengerIsChampion, noChampion } from './refusals.ts';
import { currentRoute, nextGeneration, recordStep, toRoute } from './route-rows.ts';
import { deployments, routes, versions } from './schema/registry.ts';
import { findVersion, lockModel } from './version-store.ts';

const isSameTrial = (one: Trial | null, other: Trial | null): boolean =>
  one?.version === other?.version && one?.share === other?.share && one?.mode === other?.mode;

export function createRouteStore(handle: Handle): RouteStore {
  const { db, schema } = handle;
  return {
    async get(model) {
      const row = await currentRoute(db, model);
      return row === null ? null : toRoute(row);
    },

    async list() {
      const rows = await db
        .selectDistinctOn([routes.model])
        .from(routes)
        .orderBy(routes.model, desc(routes.generation));
      return rows.map(toRoute);
    },

    setChallenger: (model, challenger, why) =>
      db.transaction(async (tx) => {
        const { configDigest } = await lockModel(tx, model);
        const present = await currentRoute(tx, model);
        if (present === null) throw noChampion(model);
        const wanted = challenger !== null && challenger.share > 0 ? challenger : null;
        if (isSameTrial(wanted, toRoute(present).challenger)) return toRoute(present);
        if (wanted?.version === present.champion) throw challengerIsChampion(model, wanted.version);
        const version = wanted === null ? null : await findVersion(tx, model, wanted.version);
        const next = {
          model,
          champion: present.champion,
          championDigest: present.championDigest,
          challenger: version?.version ?? null,
          challengerDigest: version?.digest ?? null,
          share: wanted?.share ?? null,
          mode: wanted?.mode ?? null,
        };
        const row = await nextGeneration(tx, schema, present, next, why);
        if (present.challenger !== null && present.challenger !== row.challenger) {
          const { challenger: left, challengerDigest: digest } = present;
          const step = {
            phase: 'withdrawn',
            version: left,
            digest: digest!,
            share: 0,
            configDigest,
          } as const;
          await recordStep(tx, row, step);
        }
        if (version !== null) {
          const { version: name, digest } = version;
          await recordStep(tx, row, {
            phase: row.mode!,
            version: name,
            digest,
            share: row.share!,
            configDigest,
          });
        }
        return toRoute(row);
      }),

    promote: (model, version, why) => promote(handle, model, version, why),

    async previousChampion(model) {
      const [row] = await db
        .select({ version: deployments.version })
        .from(deployments)
        .innerJoin(
          versions,
          and(eq(versions.model, deployments.model), eq(versions.version, deployments.version)),
        )
        .where(
          and(
            eq(deployments.model, model),
            eq(deployments.healthy, true),
            isNotNull(deployments.endedAt),
            // A version that did harm once is not gone back to because it did well at another time.
            sql`not exists (select 1 from ${deployments} harmed where harmed.model = ${model}
              and harmed.version = ${deployments.version} and not harmed.healthy)`,
            ne(versions.role, 'champion'),
            ne(versions.role, 'rejected'),
          ),
        )
        .orderBy(desc(deployments.generation))
        .limit(1);
      return row?.version ?? null;
    },

    async takeovers(model, { limit }) {
      const rows = await db
        .select()
        .from(deployments)
        .where(eq(deployments.model, model))
        .orderBy(desc(deployments.generation))
        .limit(limit);
      return rows.map(({ version, startedAt, by, because, runId }) => ({
        version,
        at: startedAt.toISOString(),
        by,
        because,
        runId,
      }));
    },
  };
}
