import process from 'node:process';
import type { DriftloopConfig } from '../../domain/model-config.ts';
import { readEnvironment } from '../environment.ts';
import type { Diagnosis } from './doctor.ts';
import type { PrometheusPieces, RulesWish } from './rules.ts';
import type { Restored, RestoreWish } from './restore.ts';

/** What is done beside an installation: before there is one, while it is stopped, or when nothing answers. */

type Variables = Readonly<Record<string, string | undefined>>;

/** Reads a config file; every problem is reported at once with its path. Throws DL_CONFIG_MISSING, DL_CONFIG_INVALID. */
export async function loadConfig(file?: string): Promise<DriftloopConfig> {
  const { loadConfig: load } = await import('../load-config.ts');
  return (await load(file)).config;
}

/** Brings the database schema to this version, once, under a lock; returns the migrations that were applied. */
export async function migrate(variables: Variables = process.env): Promise<{ applied: string[] }> {
  const { migrate: bring } = await import('../../infra/postgres/migrate.ts');
  const { databaseUrl, namespace } = readEnvironment({ ...variables });
  return { applied: await bring(databaseUrl, namespace) };
}

/**
 * Puts a backup back, whole or not at all, while the roles are stopped.
 *
 * @param wish.replacing the name of the namespace, where what it has shall be replaced: that is not undone
 */
export async function restore(
  file: string,
  { variables = process.env, ...wish }: RestoreWish & { variables?: Variables } = {},
): Promise<Restored> {
  const { restoreBackupFile } = await import('./restore.ts');
  return restoreBackupFile(readEnvironment({ ...variables }), file, wish);
}

/** Each part and each role of a running `dev`: where it was found, whether it answers, what to type. */
export async function doctor(): Promise<Diagnosis> {
  const { diagnose } = await import('./doctor.ts');
  return diagnose();
}

/** What a Prometheus of one's own is given for a config, without any service; of the config that is applied: `rules` of an open installation. */
export async function rules(
  config: Pick<DriftloopConfig, 'models' | 'namespace'>,
  wish: RulesWish = {},
): Promise<PrometheusPieces> {
  const { rulesOf } = await import('./rules.ts');
  return rulesOf(config, wish);
}
