import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { buryRun } from '../../activities/bury-run.ts';
import { DriftloopError } from '../../domain/errors.ts';
import { openArtifacts } from '../artifact-store.ts';
import { checkBackup, type CheckedBackup } from '../../infra/backup/check-backup.ts';
import { inUse, notEmpty, otherNamespace } from '../../infra/backup/problems.ts';
import { restoreBackup } from '../../infra/backup/restore-backup.ts';
import { lookAround, type Occupied } from '../../infra/postgres/state-in.ts';
import { readEnvironment, type Environment } from '../environment.ts';
import type { Answer } from '../output.ts';
import { withStores } from '../wiring.ts';
import { sayMissing } from './backup.ts';

export type RestoreOptions = { force?: boolean };

/**
 * Puts a backup in the place of what the namespace has. Everything that can be refused is refused before anything is
 * changed; after that, what Temporal remembers is ended, since it may be of a later day than the backup, and every
 * model gets a new supervisor.
 */
export async function restoreFile(given: string, { force = false }: RestoreOptions): Promise<Answer> {
  const environment = readEnvironment();
  const { namespace } = environment;
  const file = path.resolve(given);
  const backup = await checkBackup(file);
  const { head, tail } = backup;
  if (head.namespace !== namespace) throw otherNamespace(head.namespace, namespace);
  const present = await lookAround(environment);
  if (present.sessions > 0) throw inUse(namespace, present.sessions);
  if (present.tables.length > 0) {
    if (!force) throw notEmpty(namespace, present.tables);
    await askToType(namespace, present, backup);
  }
  await restoreBackup(backup, {
    ...environment,
    file,
    artifacts: openArtifacts(environment),
  });
  const because = `The state was restored from the backup of ${head.takenAt}; this run was open then.`;
  const { models, endedRuns } = await endOpenRuns(environment, because);
  const temporal = await beginAnew(
    environment,
    [...new Set([...models, ...present.models])],
    models,
    because,
  );
  const rows = Object.values(tail.tables).reduce((sum, table) => sum + table.rows, 0);
  const artifacts = Object.keys(tail.artifacts).length;
  return {
    json: { file, takenAt: head.takenAt, namespace, rows, artifacts, models, endedRuns, ...temporal },
    text:
      `Restored ${rows} rows and ${artifacts} artifacts of the namespace "${namespace}" as of ${head.takenAt}.` +
      sayMissing(tail.missingArtifacts) +
      (endedRuns.length === 0 ? '' : `\nEnded the runs that were open then: ${endedRuns.join(', ')}.`) +
      (temporal.supervised
        ? ''
        : `\nTemporal did not answer (${temporal.problem}): workflows of before may go on, and models have no supervisor until "driftloop apply".`),
    next: temporal.supervised ? 'driftloop model list' : 'driftloop apply',
    ...(temporal.supervised ? {} : { exitCode: 1 }),
  };
}

/** Replacing a namespace is not undone: its name has to be typed. */
async function askToType(namespace: string, { models }: Occupied, { head }: CheckedBackup): Promise<void> {
  process.stderr.write(
    `This replaces all that the namespace "${namespace}" has (models: ${models.join(', ') || 'none'}) ` +
      `by the backup of ${head.takenAt}.\nType the name of the namespace to go on: `,
  );
  const lines = createInterface({ input: process.stdin });
  const { value } = (await lines[Symbol.asyncIterator]().next()) as { value?: string };
  lines.close();
  process.stdin.unref?.();
  if (value?.trim() === namespace) return;
  throw new DriftloopError('DL_NOT_CONFIRMED', `What was typed is not "${namespace}"; nothing was changed.`, {
    fix: `Type ${namespace} when asked, or leave --force out.`,
    status: 409,
  });
}

/** One for each model. */
const OPEN_RUNS_AT_MOST = 100_000;

async function endOpenRuns(
  environment: Environment,
  because: string,
): Promise<{ models: string[]; endedRuns: string[] }> {
  return await withStores(async (stores) => {
    const models = (await stores.models.list()).map(({ config }) => config.name);
    const endedRuns: string[] = [];
    for (const run of await stores.runs.list({ open: true, limit: OPEN_RUNS_AT_MOST })) {
      await buryRun(stores, run, because);
      endedRuns.push(run.id);
    }
    return { models, endedRuns };
  }, environment);
}

async function beginAnew(
  environment: Environment,
  known: readonly string[],
  models: readonly string[],
  because: string,
): Promise<{ supervised: boolean; problem?: string }> {
  const { stopWorkflows } = await import('../../infra/temporal/stop-workflows.ts');
  const { connectLoop } = await import('../../infra/temporal/loop.ts');
  try {
    await stopWorkflows(environment, known, because);
    const { loop, close } = await connectLoop(environment);
    try {
      for (const model of models) await loop.ensureSupervisor(model);
    } finally {
      await close();
    }
    return { supervised: true };
  } catch (error) {
    return { supervised: false, problem: error instanceof Error ? error.message : String(error) };
  }
}
