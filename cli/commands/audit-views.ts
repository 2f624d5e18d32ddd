import { table } from '../output.ts';
import type { Answer } from '../output.ts';
import { withDriftloop } from '../wiring.ts';

export async function listAudit({ model, limit }: { model?: string; limit: number }): Promise<Answer> {
  return withDriftloop(async ({ audit }) => {
    const rows = await audit.list({ ...(model === undefined ? {} : { model }), limit });
    return {
      json: rows,
      text:
        rows.length === 0
          ? 'Nobody has done anything yet.'
          : table([
              ['ROW', 'AT', 'BY', 'VIA', 'ACTION', 'MODEL', 'SUBJECT', 'REFUSED', 'BECAUSE'],
              ...rows.map((row) => [
                String(row.id),
                row.at,
                row.by,
                row.via ?? '',
                row.action,
                row.model ?? '',
                row.subject ?? '',
                row.refused ?? '',
                row.because ?? '',
              ]),
            ]),
      next: 'driftloop audit verify',
    };
  });
}

/** The whole chain; `head` is one that was kept somewhere else. */
export async function verifyAudit({ head }: { head?: string }): Promise<Answer> {
  return withDriftloop(async ({ audit }) => {
    const check = await audit.verify(head === undefined ? {} : { head });
    if (!check.intact)
      return { json: check, text: check.sentence, next: 'driftloop audit list', exitCode: 1 };
    return {
      json: check,
      text: [
        `All ${check.rows} rows are as they were written.`,
        `Head: ${check.head}`,
        ...(head === undefined
          ? ['Rows that were cut off at the end show only beside an earlier head.']
          : []),
      ].join('\n'),
      next: `driftloop audit verify --head ${check.head}   (keep the head where nobody who can write here can)`,
    };
  });
}
