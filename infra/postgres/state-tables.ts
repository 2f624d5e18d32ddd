import type pg from 'pg';

/** What the state of a namespace is made of, asked of the database itself: a table that is added later is in it. */
export type StateTable = Readonly<{ name: string; columns: readonly string[]; isPartitioned: boolean }>;

type Client = Pick<pg.ClientBase, 'query'>;

/** Every table of the schema but the record of its migrations, each after those that it refers to. */
export async function stateTables(client: Client): Promise<StateTable[]> {
  const { rows: tables } = await client.query<StateTable>(
    `select c.relname::text as name, c.relkind = 'p' as "isPartitioned",
            array_agg(a.attname::text order by a.attnum) as columns
       from pg_class c
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
        and not c.relispartition and c.relname <> 'migrations'
      group by c.oid order by 1`,
  );
  const { rows: references } = await client.query<{ from: string; to: string }>(
    `select f.relname::text as "from", t.relname::text as "to"
       from pg_constraint k join pg_class f on f.oid = k.conrelid join pg_class t on t.oid = k.confrelid
      where k.contype = 'f' and k.connamespace = current_schema()::regnamespace and f.oid <> t.oid`,
  );
  const ordered: StateTable[] = [];
  while (ordered.length < tables.length) {
    const isThere = (name: string) => ordered.some((table) => table.name === name);
    const ready = tables.filter(
      ({ name }) => !isThere(name) && references.every((r) => r.from !== name || isThere(r.to)),
    );
    if (ready.length === 0) throw new Error('the tables refer to each other in a circle');
    ordered.push(...ready);
  }
  return ordered;
}

export type Sequence = Readonly<{ name: string; last: string; isCalled: boolean }>;

export async function readSequences(client: Client): Promise<Sequence[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname::text as name from pg_class
      where relnamespace = current_schema()::regnamespace and relkind = 'S' order by 1`,
  );
  const sequences: Sequence[] = [];
  for (const { name } of rows) {
    const { rows: values } = await client.query<{ last: string; isCalled: boolean }>(
      `select last_value::text as last, is_called as "isCalled" from "${name}"`,
    );
    sequences.push({ name, ...values[0]! });
  }
  return sequences;
}

/**
 * The rows of a table as a backup keeps them: as they are, but for the known-at order. That is a transaction id, which
 * means nothing in another cluster, so examples that were folded come before the mark (1, 0) and those that were not
 * after it, in their order.
 */
export function rowsOf({ name, columns }: StateTable): string {
  const list = (replaced: Readonly<Record<string, string>> = {}) =>
    columns.map((c) => (c in replaced ? `${replaced[c]} as "${c}"` : `t."${c}"`)).join(', ');
  if (name === 'folds')
    return `select ${list({ known_xid: "'1'::xid8", known_id: '0::bigint' })} from folds t`;
  if (name !== 'examples') return `select ${list()} from "${name}" t`;
  return `
    with waiting as (
      select e.prediction_id, e.bucket, row_number() over (order by e.known_xid, e.known_id) as position
        from examples e left join folds f on f.model = e.model
       where not exists (select 1 from champion_scores s where s.prediction_id = e.prediction_id)
         and (f.model is null or (e.known_xid, e.known_id) > (f.known_xid, f.known_id)
              or f.known_xid >= pg_snapshot_xmax(pg_current_snapshot()))
    )
    select ${list({
      known_xid: "case when w.position is null then '0'::xid8 else '2'::xid8 end",
      known_id: 'coalesce(w.position, t.known_id)',
    })}
      from examples t left join waiting w on w.prediction_id = t.prediction_id and w.bucket = t.bucket`;
}
