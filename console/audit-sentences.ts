import type { AuditAction, AuditRow } from '../domain/audit.ts';
import type { Icon } from './run-state.ts';
import type { AuditCheck } from './check-audit.ts';
import { clockTime } from './times.ts';
import type { Clock } from './times.ts';
import { count, counted } from './wording.ts';

/** What was done, as somebody would tell it. */
export const actionWords: Readonly<Record<AuditAction, string>> = {
  apply: 'applied the config',
  approve: 'approved',
  reject: 'rejected',
  force: 'promoted against the gate',
  start: 'started a run',
  pause: 'paused retraining',
  resume: 'resumed retraining',
  rollback: 'rolled back',
  'pause rollout': 'paused the rollout',
  'resume rollout': 'resumed the rollout',
  'skip rollout': 'skipped a step of the rollout',
  'abort rollout': 'aborted the rollout',
  'rollback drill': 'tried the way back',
  import: 'imported a version',
  sign: 'signed',
  bootstrap: 'trained the first version',
  'reread topic': 'had a topic reread',
  'add golden': 'made rows golden',
  'retire golden': 'retired golden rows',
  'import labels': 'imported labels',
  backup: 'took a backup',
  restore: 'restored a backup',
  'create token': 'made a token',
  'revoke token': 'revoked a token',
  gate: 'was held by the gate',
  login: 'signed in',
  logout: 'signed out',
  access: 'came to a door',
};

/** What somebody tried who was refused at the door, where the code of the refusal says it. */
const tried: Readonly<Record<string, string>> = {
  DL_REASON_NEEDED: 'asked for what needs a reason, and gave none',
  DL_RUN_NOT_WAITING: 'decided on a run that waits for nobody',
  DL_RUN_NOT_HELD: 'forced a run that no gate holds',
  DL_REQUEST_INVALID: 'asked for something that nobody can read',
  DL_FORBIDDEN: 'asked for what is not theirs to do',
};

/** What a row says that somebody did, and whether it was refused. */
export function sayDone({ action, refused }: Pick<AuditRow, 'action' | 'refused'>): string {
  if (refused === null) return actionWords[action];
  return `${(action === 'access' ? tried[refused] : undefined) ?? actionWords[action]}, and was refused`;
}

export const actions = Object.keys(actionWords) as AuditAction[];

export const iconOf = ({ action, refused }: Pick<AuditRow, 'action' | 'refused'>): Icon => {
  if (refused !== null) return 'rejected';
  if (action === 'approve') return 'approve';
  if (action === 'reject' || action === 'abort rollout') return 'rejected';
  if (action.startsWith('pause')) return 'paused';
  if (action.startsWith('rollback')) return 'back';
  if (action === 'login' || action === 'logout' || action.endsWith('token')) return 'person';
  return action === 'import labels' ? 'teach' : 'ok';
};

/** The answer of the page, and what lies behind it. */
export function sayChain(check: AuditCheck, clock: Clock): { lede: string; why: string; isBroken: boolean } {
  if (check === null)
    return {
      lede: 'Who did what, and who was refused what.',
      why: 'Each row carries the hash of the one before. Whether all are as they were written is being checked; look again in a moment.',
      isBroken: false,
    };
  const { found, at } = check;
  if (!found.intact)
    return {
      lede: `The log is not as it was written: ${found.sentence}`,
      why: `The ${count(found.rows)} rows before it are whole. Keep this database as it is, and compare with a backup or an export; checked at ${clockTime(at, clock)}.`,
      isBroken: true,
    };
  return {
    lede:
      found.rows === 0
        ? 'Nobody has done anything yet.'
        : `${found.rows === 1 ? 'The only row is' : `All ${count(found.rows)} rows are`} as they were written.`,
    why:
      found.rows === 0
        ? 'What people do in the console and by commands stands here, and what they were refused.'
        : `Checked at ${clockTime(at, clock)}, each against the one before. Rows that were cut off at the end show only beside an earlier head; keep this one elsewhere: ${found.head.slice(0, 16)}…`,
    isBroken: false,
  };
}

export const sayPage = (rows: readonly AuditRow[]): string =>
  rows.length === 0 ? 'No row is like that.' : `${counted(rows.length, 'row', 'rows')}, the newest first.`;
