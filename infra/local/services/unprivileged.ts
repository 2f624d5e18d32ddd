import { chmodSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

export type User = { name: string; uid: number; gid: number };

/**
 * The user that PostgreSQL runs as: it refuses to run as root. Undefined where we are not root.
 *
 * Its own account where the system has one, otherwise nobody.
 */
export function unprivilegedUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
  const named = (wanted: string) => accounts.find(({ name }) => name === wanted);
  return named('postgres') ?? named('nobody') ?? { name: 'nobody', uid: 65534, gid: 65534 };
}

/** Let others walk through a folder of ours (a temporary one is closed to them), but not look into it. */
export const letPass = (folder: string): void => chmodSync(folder, statSync(folder).mode | 0o011);

/** May this user walk to the folder? Every folder above it has to let strangers pass. */
export function canReach(user: User, path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid } = statSync(folder);
    const passes = uid === user.uid ? mode & 0o100 : mode & 0o001;
    if (!passes) return false;
    if (folder === dirname(folder)) return true;
  }
}
