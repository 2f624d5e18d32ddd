import { createHash } from 'node:crypto';
import { checkChain } from '../domain/audit.ts';
import type { AuditLog, ChainCheck } from '../domain/audit.ts';
import { patientLook } from './patient-look.ts';
import type { Looked } from './patient-look.ts';

/** What the last whole check of the chain found. */
export type AuditCheck = Looked<ChainCheck>;

/** A whole check reads every row, page by page: it is not done again for each reader. */
const GOOD_FOR_MS = 60_000;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Checks the chain from its first row, at most once a minute, and never holds a page up for long. */
export const createAuditCheck = (audit: Pick<AuditLog, 'all'>, clock: () => number) =>
  patientLook(() => checkChain(audit.all(), sha256), GOOD_FOR_MS, clock);
