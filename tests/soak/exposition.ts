import { createMetricsExporter } from '../../infra/prometheus/exporter.ts';
import { storeSamples } from '../../infra/prometheus/read-snapshot.ts';
import type { TestDatabase } from '../support/test-database.ts';

type Book = { expected: number; found: number };

/**
 * What a scrape says beside what stands in the tables, to the last event: sums over all partitions of what is exported,
 * and the rows themselves. The counters are never read from the table that they are exported from.
 */
export async function exposedBooks(db: TestDatabase): Promise<Record<string, Book>> {
  const exporter = createMetricsExporter({
    source: storeSamples(db.stores, { namespace: 'default' }),
    cacheMs: 0,
  });
  const sums = sumsOf(await exporter.scrape());
  const { rows } = await db.handle.pool.query<{ what: string; n: number }>(
    `select 'outcomes ' || label || ' ' || predicted as what, count(*)::int as n
       from examples where label is not null group by 1
     union all
     select 'predictions ' || label, count(*)::int from predictions where model is not null group by 1
     union all
     select 'happened predictions', count(*)::int from predictions
      where model is not null and predicted_at > now() - interval '1 day'
     union all
     select 'happened labelled', count(*)::int from examples
      where label is not null and predicted_at > now() - interval '1 day'
     union all
     select 'happened correct', count(*)::int from examples
      where label = predicted and predicted_at > now() - interval '1 day'`,
  );
  const expected = new Map(rows.map(({ what, n }) => [what, n]));
  return Object.fromEntries(
    [...new Set([...expected.keys(), ...sums.keys()])].map((what) => [
      `exported ${what}`,
      { expected: expected.get(what) ?? 0, found: sums.get(what) ?? 0 },
    ]),
  );
}

/** By the words of the books, summed over versions and partitions; what was withdrawn is taken off. */
function sumsOf(text: string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [, name, labels, value] of text.matchAll(/^driftloop_(\w+)\{([^}]*)\} (\S+)$/gm)) {
    const of = (label: string) => new RegExp(`(?:^|,)${label}="([^"]*)"`).exec(labels!)?.[1] ?? '';
    const what =
      name === 'outcomes_total' || name === 'outcomes_withdrawn_total'
        ? `outcomes ${of('label')} ${of('predicted')}`
        : name === 'predictions_total'
          ? `predictions ${of('label')}`
          : name!.startsWith('happened_')
            ? name!.replace('_', ' ')
            : null;
    if (what === null) continue;
    const sign = name === 'outcomes_withdrawn_total' ? -1 : 1;
    sums.set(what, (sums.get(what) ?? 0) + sign * Number(value));
  }
  return sums;
}
