import process from 'node:process';
import { DriftloopError } from '../../domain/errors.ts';
import { examineParts } from '../../infra/local/doctor.ts';
import type { PartReport } from '../../infra/local/doctor.ts';
import { environmentProblems } from '../../infra/local/given.ts';
import { reachFolder } from '../../infra/local/preflight.ts';
import { readDevFile } from '../dev-file.ts';
import { askRoles } from '../local/ask-roles.ts';
import type { RoleReport } from '../local/ask-roles.ts';

/** Each part, the roles of a running `dev`, and the variables that cannot be right. */
export type Diagnosis = {
  healthy: boolean;
  parts: PartReport[];
  roles: RoleReport[];
  environment: Pick<DriftloopError, 'code' | 'message' | 'fix'>[];
};

/** Each part, and each role of a running `dev`: where it was found, its version, whether it answers, what to type. */
export async function diagnose(): Promise<Diagnosis> {
  const dev = readDevFile();
  const running = dev?.environment;
  // What is set here counts before what a running `dev` left, as for every other command.
  const env = { ...running, ...process.env };
  const [parts, roles, unusable] = await Promise.all([
    examineParts(
      running === undefined
        ? {}
        : {
            running: {
              temporal: running['DRIFTLOOP_TEMPORAL_ADDRESS']!,
              kafkaBrokers: running['DRIFTLOOP_KAFKA_BROKERS']!,
              databaseUrl: running['DATABASE_URL']!,
              prometheus: running['DRIFTLOOP_PROMETHEUS_URL']!,
              alertmanager: running['DRIFTLOOP_ALERTMANAGER_URL']!,
            },
          },
    ),
    dev === null ? [] : askRoles(dev.stateDir),
    unusableVariables(env),
  ]);
  const isWell =
    parts.every((part) => part.optional || (part.where !== 'missing' && part.healthy !== false)) &&
    roles.every((role) => role.ready) &&
    unusable.length === 0;
  return {
    healthy: isWell,
    parts,
    roles,
    environment: unusable.map(({ code, message, fix }) => ({ code, message, fix })),
  };
}

/** Variables that are set and cannot be right, and a folder of artifacts that cannot be used. */
async function unusableVariables(env: Record<string, string | undefined>): Promise<DriftloopError[]> {
  const problems = environmentProblems(env);
  const artifacts = env['DRIFTLOOP_ARTIFACTS'];
  if (!artifacts || problems.some(({ code }) => code === 'DL_ARTIFACTS_UNSUPPORTED')) return problems;
  await reachFolder(artifacts).catch((error: unknown) => {
    if (!(error instanceof DriftloopError)) throw error;
    problems.push(error);
  });
  return problems;
}
