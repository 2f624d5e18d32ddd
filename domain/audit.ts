import { canonicalJson } from './config.ts';
import type { Drill } from './drill.ts';
import type { ErrorCode } from './error-codes.ts';
import type { Person } from './person.ts';

/** What a person does, or tries, and what was refused to whoever fed the gate, that others may ask about in a year. */
export type AuditAction =
  | 'apply'
  | 'approve'
  | 'reject'
  | 'force'
  | 'start'
  | 'pause'
  | 'resume'
  | 'rollback'
  | 'pause rollout'
  | 'resume rollout'
  | 'skip rollout'
  | 'abort rollout'
  /** The way back was tried, and nothing was moved. */
  | 'rollback drill'
  | 'import'
  | 'sign'
  | 'bootstrap'
  | 'reread topic'
  | 'add golden'
  | 'retire golden'
  /** Answers of people, from a file of another tool; each of them is kept with the queue. */
  | 'import labels'
  /** Everything left as a file, or came back from one: what the log had since that backup is not in it. */
  | 'backup'
  | 'restore'
  | 'create token'
  | 'revoke token'
  /** The gate held or rejected a challenger for what its rows, scores or sources are, not for how good it is. */
  | 'gate'
  | 'login'
  | 'logout'
  /** Tried to look at what is not theirs, or came with a token that is none. */
  | 'access';

export type AuditEntry = Readonly<{
  action: AuditAction;
  by: string;
  /** How they had shown who they are; null where nobody was recognised, or a workflow of before passed only the name on. */
  via: Person['via'] | null;
  /** Null: it concerns the installation. */
  model: string | null;
  /** What it was done to: a run, a version, a token, a digest. */
  subject: string | null;
  because: string | null;
  /** Why it was not done; null where it was. */
  refused: ErrorCode | null;
  details: Readonly<Record<string, string | number | boolean | null>> | null;
}>;

/** An entry in its place: each carries the hash of the one before, so that none can be changed without all that follow. */
export type AuditRow = AuditEntry & Readonly<{ id: number; at: string; previous: string; hash: string }>;

/** What the first row has for the hash of the one before. */
export const beginning = 'beginning';

/** Which rows of the log: all that is said holds. */
export type AuditFilter = Readonly<{ model?: string; by?: string; action?: string; refused?: boolean }>;

/** Whether a row is one of those. */
export const isAmong = (row: AuditEntry, { model, by, action, refused }: AuditFilter): boolean =>
  (model === undefined || row.model === model) &&
  (by === undefined || row.by === by) &&
  (action === undefined || row.action === action) &&
  (refused === undefined || (row.refused !== null) === refused);

/** The append-only log of who did what, and of who was refused what. */
export interface AuditLog {
  append(entry: NewAuditEntry): Promise<void>;
  /** In their order; `limit` keeps the newest, of those before the row `before`. */
  list(filter: AuditFilter & { limit: number; before?: number }): Promise<AuditRow[]>;
  /** The newest drills of every model whose way back was ever tried. */
  drills(): Promise<Drill[]>;
  /** Every row, the oldest first. */
  all(): AsyncIterable<AuditRow>;
}

/** An entry as it is written down: what is not said is null. */
export type NewAuditEntry = Pick<AuditEntry, 'action' | 'by'> & Partial<AuditEntry>;

/** The entry with everything that was not said as null, and every text as a database keeps it. */
export function completeEntry({ action, by, ...rest }: NewAuditEntry): AuditEntry {
  const { via = null, model = null, subject = null, because = null, refused = null, details = null } = rest;
  const clean = <T>(value: T) => (typeof value === 'string' ? storable(value) : value);
  return {
    action,
    by: storable(by),
    via,
    model: clean(model),
    subject: clean(subject),
    because: clean(because),
    refused,
    details: details && Object.fromEntries(Object.entries(details).map(([k, v]) => [storable(k), clean(v)])),
  };
}

/** PostgreSQL keeps no NUL, and half a surrogate pair comes back as another character: the hash would not fit. */
const storable = (text: string) => text.replaceAll('\0', '').replaceAll(/[\u{D800}-\u{DFFF}]/gu, '\uFFFD');

/** What a row's hash is taken of: all of it but the hash. */
export const hashedText = (row: Omit<AuditRow, 'hash'>) => canonicalJson({ ...row, hash: undefined });

/** What a check of the chain found; `head` is the hash of the newest row, to be kept elsewhere. */
export type ChainCheck =
  | Readonly<{ intact: true; rows: number; head: string }>
  | Readonly<{ intact: false; rows: number; brokenAt: number; sentence: string }>;

/**
 * Whether the log is as it was written: ids without a gap, each row's hash over its content and the hash before it.
 * Rows that were cut off at the end leave an intact chain; a `head` that was kept elsewhere tells.
 *
 * @param hash sha256 in hex
 */
export async function checkChain(
  rows: AsyncIterable<AuditRow>,
  hash: (text: string) => string,
  keptHead?: string,
): Promise<ChainCheck> {
  let previous = beginning;
  let count = 0;
  let sawHead = keptHead === undefined || keptHead === beginning;
  for await (const row of rows) {
    const broken = fault(row, count + 1, previous, hash);
    if (broken !== null) return { intact: false, rows: count, brokenAt: row.id, sentence: broken };
    count += 1;
    previous = row.hash;
    sawHead ||= row.hash === keptHead;
  }
  if (sawHead) return { intact: true, rows: count, head: previous };
  return {
    intact: false,
    rows: count,
    brokenAt: count + 1,
    sentence: `The log ends with row ${count} and nowhere has the hash ${keptHead}: rows were cut off, or the log was replaced.`,
  };
}

function fault(
  row: AuditRow,
  expected: number,
  previous: string,
  hash: (text: string) => string,
): string | null {
  if (row.id !== expected) return `Row ${expected} is missing: row ${row.id} stands in its place.`;
  if (row.previous !== previous)
    return `Row ${row.id} does not follow the row before it: one of them was changed or replaced.`;
  if (row.hash !== hash(hashedText(row))) return `Row ${row.id} is not as it was written.`;
  return null;
}
