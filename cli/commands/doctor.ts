import pc from 'picocolors';
import type { PartReport } from '../../infra/local/doctor.ts';
import { readDevFile } from '../dev-file.ts';
import type { RoleReport } from '../local/ask-roles.ts';
import { diagnose } from '../operate/doctor.ts';
import { table } from '../output.ts';
import type { Answer } from '../output.ts';

/** Each part, and each role of a running `dev`: where it was found, its version, whether it answers, what to type. */
export async function runDoctor(): Promise<Answer> {
  const diagnosis = await diagnose();
  const { healthy, parts, roles, environment } = diagnosis;
  const sections = [
    table([
      ['PART', 'FOUND', 'VERSION', 'HEALTH', 'WHERE'],
      ...parts.map((part) => [part.title, part.where, part.version ?? '', sayHealth(part), part.at ?? '']),
    ]),
    ...(roles.length === 0 ? [] : [rolesTable(roles)]),
    ...(environment.length === 0
      ? []
      : [environment.map(({ message, fix }) => `${message} ${fix}`).join('\n')]),
    ...whatToDo(parts, roles),
  ];
  return {
    json: diagnosis,
    text: sections.join('\n\n'),
    next: readDevFile() === null ? 'driftloop dev' : 'driftloop model list',
    exitCode: healthy ? 0 : 1,
  };
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
