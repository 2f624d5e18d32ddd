import { checkChain } from '../../domain/audit.ts';
import type { AuditRow } from '../../domain/audit.ts';
import { everyModel } from '../../domain/person.ts';
import { sha256 } from '../../infra/postgres/digests.ts';
import type { Installation } from './installation.ts';

/** The log of who did what, and of who was refused what: a chain of hashes. */
export const auditOf = ({ stores, admit }: Installation) => ({
  /** The newest entries, the oldest of them first. */
  async list({ model, limit = 50 }: { model?: string; limit?: number } = {}): Promise<AuditRow[]> {
    await admit({ right: 'audit', model: model ?? everyModel });
    return stores.audit.list({ ...(model === undefined ? {} : { model }), limit });
  },

  /** The whole chain. A `head` that was kept somewhere else tells whether rows were cut off since. */
  async verify({ head }: { head?: string } = {}): ReturnType<typeof checkChain> {
    await admit({ right: 'audit', model: everyModel });
    return checkChain(stores.audit.all(), sha256, head);
  },
});
