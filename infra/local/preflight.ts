import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import { DriftloopError, describeError, ourError } from '../../domain/errors.ts';
import { reachKafka } from '../kafka/reach.ts';
import { reachPostgres } from '../postgres/reach.ts';
import { reachAlertmanager, reachPrometheus } from '../prometheus/reach.ts';
import { reachTemporal } from '../temporal/connect.ts';
import { environmentProblems, kafkaOf, temporalOf } from './given.ts';
import type { Environment } from './part.ts';

/** How each part that is given by address is asked whether it is there, with the variable that gives it. */
const questions = (env: Environment): Record<string, (address: string) => Promise<unknown>> => ({
  DATABASE_URL: reachPostgres,
  DRIFTLOOP_TEMPORAL_ADDRESS: (address) => reachTemporal(temporalOf(env, address)),
  DRIFTLOOP_KAFKA_BROKERS: (brokers) => reachKafka(kafkaOf(env, brokers)),
  DRIFTLOOP_PROMETHEUS_URL: reachPrometheus,
  DRIFTLOOP_ALERTMANAGER_URL: reachAlertmanager,
  DRIFTLOOP_ARTIFACTS: reachFolder,
});

/**
 * Before anything is started on this machine: what is given has to be there. All that is wrong is said at once.
 *
 * @throws DL_ENVIRONMENT_BROKEN
 */
export async function refuseBrokenEnvironment(env: Environment = process.env): Promise<void> {
  const wrong = environmentProblems(env);
  // What cannot be an address is not asked.
  if (wrong.length === 0) {
    const asked = Object.entries(questions(env)).flatMap(([name, ask]) => (env[name] ? ask(env[name]) : []));
    for (const result of await Promise.allSettled(asked)) {
      if (result.status === 'fulfilled') continue;
      const problem = ourError(result.reason);
      if (problem === null) throw result.reason;
      wrong.push(problem);
    }
  }
  if (wrong.length === 0) return;
  throw new DriftloopError(
    'DL_ENVIRONMENT_BROKEN',
    `Of what the environment gives, this cannot be used; nothing was started.\n${wrong
      .map((problem) => describeError(problem).replaceAll(/^/gm, '  '))
      .join('\n')}`,
    {
      fix: 'Correct each of them, or unset the variables to use local parts; "driftloop doctor" looks again.',
    },
  );
}

/** @throws DL_ENVIRONMENT_INVALID where it is no folder that can be written to, or made */
export async function reachFolder(folder: string): Promise<void> {
  try {
    const nearest = await nearestFolder(path.resolve(folder));
    await access(nearest, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new DriftloopError(
      'DL_ENVIRONMENT_INVALID',
      `DRIFTLOOP_ARTIFACTS is ${folder}, which cannot be written to: ${(cause as Error).message}`,
      { fix: 'Name a folder that this user may write to, or give it the right.', cause },
    );
  }
}

/** The folder itself, or the one in which it would be made. */
async function nearestFolder(folder: string): Promise<string> {
  const stats = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && path.dirname(folder) !== folder) return null;
    throw error;
  });
  if (stats === null) return await nearestFolder(path.dirname(folder));
  if (stats.isDirectory()) return folder;
  throw new Error(`${folder} is no folder`);
}
