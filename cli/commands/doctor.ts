import pc from 'picocolors';
import { DriftloopError } from '../../domain/errors.ts';
import { examineParts } from '../../infra/local/doctor.ts';
import type { PartReport } from '../../infra/local/doctor.ts';
import { environmentProblems } from '../../infra/local/given.ts';
import { reachFolder } from '../../infra/local/preflight.ts';
import { readDevFile } from '../dev-file.ts';
import { askRoles } from '../local/ask-roles.ts';
import type { RoleReport } from '../local/ask-roles.ts';
import { table } from '../output.ts';
import type { Answer } from '../output.ts';

/** Each part, and each role of a running `dev`: where it was found, its version, whether it answers, what to type. */
export async function runDoctor(): Promise<Answer> {
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
  const sections = [
    table([
      ['PART', 'FOUND', 'VERSION', 'HEALTH', 'WHERE'],
      ...parts.map((part) => [part.title, part.where, part.version ?? '', sayHealth(part), part.at ?? '']),
    ]),
    ...(roles.length === 0 ? [] : [rolesTable(roles)]),
    ...(unusable.length === 0 ? [] : [unusable.map(({ message, fix }) => `${message} ${fix}`).join('\n')]),
    ...whatToDo(parts, roles),
  ];
  return {
    json: {
      healthy: isWell,
      parts,
      roles,
      environment: unusable.map(({ code, message, fix }) => ({ code, message, fix })),
    },
    text: sections.join('\n\n'),
    next: running === undefined ? 'driftloop dev' : 'driftloop model list',
    exitCode: isWell ? 0 : 1,
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

const rolesTable = (roles: readonly RoleReport[]): string =>
  table([
    ['ROLE', 'PROCESS', 'HEALTH', 'WHERE'],
    ...roles.map(({ role, pid, ready, at }) => [
      role,
      String(pid),
      ready ? pc.green('ready') : pc.red('not ready'),
      at,
    ]),
  ]);

/** One paragraph for everything that is to be done; none where all is well. */
function whatToDo(parts: readonly PartReport[], roles: readonly RoleReport[]): string[] {
  const lines = [
    ...parts.flatMap(({ title, problem, fix }) =>
      fix === null ? [] : [`${title}: ${problem === null ? '' : `${problem.message}. `}${fix}`],
    ),
    ...roles.flatMap(({ role, problem, fix }) => (problem === null ? [] : [`${role}: ${problem} ${fix}`])),
  ];
  return lines.length === 0 ? [] : [lines.join('\n')];
}

const sayHealth = ({ healthy }: PartReport): string =>
  healthy === null ? 'not started' : healthy ? pc.green('answers') : pc.red('does not answer');
