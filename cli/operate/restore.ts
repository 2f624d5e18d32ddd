import path from 'node:path';
import { buryRun } from '../../activities/bury-run.ts';
import type { AuditEntry, AuditLog } from '../../domain/audit.ts';
import { DriftloopError } from '../../domain/errors.ts';
import { checkBackup } from '../../infra/backup/check-backup.ts';
import { inUse, notEmpty, otherNamespace } from '../../infra/backup/problems.ts';
import { restoreBackup } from '../../infra/backup/restore-backup.ts';
import { everyModel } from '../../domain/person.ts';
import { openStores } from '../../infra/postgres/open-stores.ts';
import { lookAround } from '../../infra/postgres/state-in.ts';
import { isPersonal } from '../../infra/postgres/token-store.ts';
import { openArtifacts } from '../artifact-store.ts';
import type { Environment } from '../environment.ts';
import { admitted, machineUser } from '../people.ts';

/** What would be replaced, by the backup of when. */
export type Replaced = { namespace: string; models: string[]; takenAt: string };

/** Replacing a namespace is not undone: whoever does so answers with its name. */
export type RestoreWish = { replacing?: string | ((what: Replaced) => Promise<string>) };

/** What was put back. `supervised` is false where Temporal did not answer, with the problem. */
export type Restored = {
  file: string;
  takenAt: string;
  namespace: string;
  rows: number;
  artifacts: number;
  missingArtifacts: string[];
  models: string[];
  endedRuns: string[];
  supervised: boolean;
  problem?: string;
};

/**
 * Puts a backup in the place of what the namespace has. Everything that can be refused is refused before anything is
 * changed; after that, what Temporal remembers is ended, since it may be of a later day than the backup, and every
 * model gets a new supervisor.
 *
 * @throws DL_NAMESPACE_MISMATCH, DL_NAMESPACE_IN_USE, DL_NAMESPACE_NOT_EMPTY, DL_NOT_CONFIRMED, what is wrong with the
 * file, and what `admitted` throws
 */
export async function restoreBackupFile(
  environment: Environment,
  given: string,
  { replacing }: RestoreWish = {},
): Promise<Restored> {
  const { namespace } = environment;
  const file = path.resolve(given);
  const backup = await checkBackup(file);
  const { head, tail } = backup;
  if (head.namespace !== namespace) throw otherNamespace(head.namespace, namespace);
  const present = await lookAround(environment);
  const who = await whoRestores(environment, present.tables.length === 0);
  if (present.sessions > 0) throw inUse(namespace, present.sessions);
  if (present.tables.length > 0) {
    if (replacing === undefined) throw notEmpty(namespace, present.tables);
    const what = { namespace, models: [...present.models], takenAt: head.takenAt };
    const name = typeof replacing === 'string' ? replacing : await replacing(what);
    if (name.trim() !== namespace) throw notConfirmed(namespace);
  }
  await restoreBackup(backup, { ...environment, file, artifacts: openArtifacts(environment) });
  const because = `The state was restored from the backup of ${head.takenAt}; this run was open then.`;
  const rows = Object.values(tail.tables).reduce((sum, table) => sum + table.rows, 0);
  const { models, endedRuns } = await settle(environment, because, {
    action: 'restore',
    ...who,
    subject: path.basename(file),
    details: { takenAt: head.takenAt, rows, replaced: present.tables.length > 0 },
  });
  const known = [...new Set([...models, ...present.models])];
  const temporal = await beginAnew(environment, known, models, because);
  return {
    file,
    takenAt: head.takenAt,
    namespace,
    rows,
    artifacts: Object.keys(tail.artifacts).length,
    missingArtifacts: tail.missingArtifacts,
    models,
    endedRuns,
    ...temporal,
  };
}

/**
 * What is there is replaced by whoever may do everything there; in an empty namespace nobody is known, and whoever is
 * logged in on this machine stands for it. With the installation's own token nothing is opened: a schema that this
 * Driftloop does not know can be replaced, too.
 */
async function whoRestores(environment: Environment, isEmpty: boolean): Promise<Who> {
  if (!isPersonal(environment.token)) return { by: environment.localUser ?? machineUser(), via: 'local' };
  if (isEmpty) return { by: machineUser(), via: null };
  const stores = await openStores(environment);
  try {
    const { name: by, via } = await admitted(stores, environment, { right: 'apply', model: everyModel });
    return { by, via };
  } finally {
    await stores.close();
  }
}

type Who = Pick<AuditEntry, 'by' | 'via'>;

const notConfirmed = (namespace: string) =>
  new DriftloopError('DL_NOT_CONFIRMED', `What was typed is not "${namespace}"; nothing was changed.`, {
    fix: `Type ${namespace} when asked, or leave --force out.`,
    status: 409,
  });

/** One for each model. */
const OPEN_RUNS_AT_MOST = 100_000;

/** Ends the runs that were open in the backup, and writes down who brought it. */
async function settle(
  environment: Environment,
  because: string,
  entry: Parameters<AuditLog['append']>[0],
): Promise<{ models: string[]; endedRuns: string[] }> {
  const stores = await openStores(environment);
  try {
    const models = (await stores.models.list()).map(({ config }) => config.name);
    const endedRuns: string[] = [];
    for (const run of await stores.runs.list({ open: true, limit: OPEN_RUNS_AT_MOST })) {
      await buryRun(stores, run, because);
      endedRuns.push(run.id);
    }
    await stores.audit.append(entry);
    return { models, endedRuns };
  } finally {
    await stores.close();
  }
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
