import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { roleNames } from '../roles/role.ts';
import type { RoleName } from '../roles/role.ts';

/** What a role of a running `dev` says of itself. */
export type RoleReport = {
  role: RoleName;
  pid: number;
  at: string;
  ready: boolean;
  /** Why it is not ready. */
  problem: string | null;
  /** What to type; null where nothing has to be done. */
  fix: string | null;
};

const PATIENCE_MS = 3_000;

/** Asks each role whose address a `dev` left in its state folder. A role without one was not started. */
export async function askRoles(stateDir: string): Promise<RoleReport[]> {
  const reports = await Promise.all(roleNames.map((role) => askRole(role, stateDir)));
  return reports.filter((report) => report !== null);
}

async function askRole(role: RoleName, stateDir: string): Promise<RoleReport | null> {
  const text = await readFile(path.join(stateDir, 'addresses', `${role}.json`), 'utf8').catch(() => null);
  if (text === null) return null;
  const { address: at, pid } = JSON.parse(text) as { address: string; pid: number };
  const problem = await fetch(`${at}/readyz`, { signal: AbortSignal.timeout(PATIENCE_MS) }).then(
    async (answer) => (answer.ok ? null : whyNot(await answer.text())),
    () => 'It does not answer.',
  );
  const fix = problem === null ? null : `Its log is ${path.join(stateDir, 'logs', `${role}.log`)}.`;
  return { role, pid, at, ready: problem === null, problem, fix };
}

/** Each role says it in its own words: `missing`, a list of `problems`, or its `status`. */
function whyNot(body: string): string {
  try {
    const { missing, problems, status } = JSON.parse(body) as Record<string, unknown>;
    if (typeof missing === 'string') return `${missing}.`;
    return `${Array.isArray(problems) ? problems.join('; ') : String(status)}.`;
  } catch {
    return body;
  }
}
