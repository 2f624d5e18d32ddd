import { createHash } from 'node:crypto';
import { checkChain } from '../domain/audit.ts';
import type { AuditLog, ChainCheck } from '../domain/audit.ts';

/** What is known of the chain: what the last whole check found, and when; null before the first one has ended. */
export type AuditCheck = Readonly<{ found: ChainCheck; at: number }> | null;

/** A whole check reads every row, page by page: it is not done again for each reader. */
const GOOD_FOR_MS = 60_000;
/** A reader waits no longer than this for one; the page says then that it goes on. */
const PATIENCE_MS = 400;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Checks the chain from its first row, at most once a minute, and never holds a page up for long. */
export function createAuditCheck(audit: Pick<AuditLog, 'all'>, clock: () => number) {
  let last: AuditCheck = null;
  let running: Promise<void> | null = null;
  return async (): Promise<AuditCheck> => {
    if (last !== null && clock() - last.at < GOOD_FOR_MS) return last;
    running ??= checkChain(audit.all(), sha256)
      .then((found) => {
        last = { found, at: clock() };
      })
      .finally(() => {
        running = null;
      });
    // Who does not wait for it does not hear of its failure: the next reader asks again.
    running.catch(() => {});
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)));
    await Promise.race([running, patience]).finally(() => clearTimeout(timer));
    return last;
  };
}
