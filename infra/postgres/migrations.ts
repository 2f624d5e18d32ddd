import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export type Migration = Readonly<{ tag: string; hash: string; statements: readonly string[] }>;

const folder = new URL('./migrations/', import.meta.url);

/**
 * The migrations in their order. drizzle-kit writes the targets of foreign keys as "public"."x"; ours live in
 * whatever schema the namespace has, so the qualifier goes.
 */
export function readMigrations(): Migration[] {
  const journal = JSON.parse(readFileSync(new URL('meta/_journal.json', folder), 'utf8')) as {
    entries: { tag: string }[];
  };
  return journal.entries.map(({ tag }) => {
    const text = readFileSync(new URL(`${tag}.sql`, folder), 'utf8');
    const statements = text
      .replaceAll('"public".', '')
      .split('--> statement-breakpoint')
      .map((s) => s.trim())
      .filter((s) => s !== '');
    return { tag, hash: createHash('sha256').update(text).digest('hex'), statements };
  });
}
