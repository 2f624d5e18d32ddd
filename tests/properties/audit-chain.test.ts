import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { beginning, checkChain, completeEntry, hashedText } from '../../domain/audit.ts';
import type { AuditRow, NewAuditEntry } from '../../domain/audit.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

function chain(entries: readonly NewAuditEntry[]): AuditRow[] {
  let previous: string = beginning;
  return entries.map((entry, i) => {
    const content = {
      ...completeEntry(entry),
      id: i + 1,
      at: new Date(1_700_000_000_000 + i).toISOString(),
      previous,
    };
    previous = sha256(hashedText(content));
    return { ...content, hash: previous };
  });
}
const check = (rows: readonly AuditRow[], head?: string) => {
  async function* each() {
    yield* rows;
  }
  return checkChain(each(), sha256, head);
};

const entry = fc.record<NewAuditEntry>({
  action: fc.constantFrom('approve', 'reject', 'pause', 'apply'),
  by: fc.string({ unit: 'binary' }),
  because: fc.option(fc.string({ unit: 'binary' })),
  details: fc.option(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.double(), fc.boolean()))),
});
const log = fc.array(entry, { minLength: 2, maxLength: 12 }).map(chain);

test('a log as it was written is intact, whatever stands in it, and says its head', async () => {
  await fc.assert(
    fc.asyncProperty(log, async (rows) => {
      expect(await check(rows)).toEqual({ intact: true, rows: rows.length, head: rows.at(-1)!.hash });
    }),
  );
});

test('a row that was changed is found, even with a hash that fits it', async () => {
  const field = fc.constantFrom(
    'by',
    'because',
    'model',
    'subject',
    'at',
    'via',
    'refused',
    'details' as const,
  );
  await fc.assert(
    fc.asyncProperty(log, fc.nat(), field, fc.boolean(), async (rows, where, name, rehashed) => {
      const i = where % (rows.length - 1);
      const forged = { ...rows[i]!, [name]: name === 'details' ? { forged: true } : 'forged' } as AuditRow;
      const hash = rehashed ? sha256(hashedText(forged)) : forged.hash;
      const brokenAt = rehashed ? i + 2 : i + 1;
      expect(await check(rows.with(i, { ...forged, hash }))).toMatchObject({ intact: false, brokenAt });
    }),
  );
});

test('a row that was deleted is found', async () => {
  await fc.assert(
    fc.asyncProperty(log, fc.nat(), async (rows, where) => {
      const i = where % (rows.length - 1);
      expect(await check(rows.toSpliced(i, 1))).toMatchObject({ intact: false, brokenAt: i + 2 });
    }),
  );
});

test('rows that were swapped are found, whether their numbers were swapped too or not', async () => {
  await fc.assert(
    fc.asyncProperty(log, fc.nat(), fc.boolean(), async (rows, where, renumbered) => {
      const i = where % (rows.length - 1);
      const [a, b] = [rows[i]!, rows[i + 1]!];
      const swapped = rows
        .with(i, renumbered ? { ...b, id: a.id } : b)
        .with(i + 1, renumbered ? { ...a, id: b.id } : a);
      expect(await check(swapped)).toMatchObject({ intact: false, rows: i });
    }),
  );
});

test('a tail that was cut off is found by a head that was kept elsewhere, and by nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(log, fc.nat(), async (rows, where) => {
      const kept = where % rows.length;
      const head = rows.at(-1)!.hash;
      expect(await check(rows.slice(0, kept), head)).toMatchObject({ intact: false, brokenAt: kept + 1 });
      expect(await check(rows.slice(0, kept))).toMatchObject({ intact: true });
      // A head of earlier is still in the log after it has grown.
      if (kept > 0) expect(await check(rows, rows[kept - 1]!.hash)).toMatchObject({ intact: true });
    }),
  );
});

test('a log that was written anew from one row on is found by a head that was kept elsewhere', async () => {
  await fc.assert(
    fc.asyncProperty(log, async (rows) => {
      const forged = chain(rows.map((row) => ({ ...row, by: `not ${row.by}` })));
      expect(await check(forged)).toMatchObject({ intact: true });
      expect(await check(forged, rows[0]!.hash)).toMatchObject({ intact: false });
    }),
  );
});
