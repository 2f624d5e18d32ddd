import { Pool } from 'pg';
import { databaseSchema } from '../../domain/names.ts';

/**
 * What must hold at every moment, whatever has been killed. Each law is a question to the database whose rows are the
 * breaches; what the tables themselves forbid is asked all the same, since the story is told by what is stored.
 */
const always: Readonly<Record<string, string>> = {
  'one champion a model': `
    select model from versions where role = 'champion' group by model having count(*) > 1`,
  'the route in force and the register name the same champion': `
    select r.model from routes r
     where generation = (select max(generation) from routes where model = r.model)
       and not exists (select 1 from versions v where v.model = r.model and v.version = r.champion and v.role = 'champion')`,
  'one run at a time': `
    select model from runs where ended_at is null group by model having count(*) > 1`,
  'one run for one alert': `
    select trigger -> 'alert' ->> 'fingerprint' from runs
     where trigger -> 'alert' is not null
     group by trigger -> 'alert' ->> 'fingerprint', trigger -> 'alert' ->> 'startsAt' having count(*) > 1`,
  'one training a run': `
    select run_id from versions where run_id is not null and snapshot_id is not null
     group by run_id having count(*) > 1`,
  'one snapshot a run': `
    select run_id from snapshots group by run_id having count(*) > 1`,
  'generations of a route without a gap': `
    select model from routes group by model having count(*) <> max(generation) - min(generation) + 1`,
  'a champion comes from a canary, and each canary ends once': `
    select run_id from rollout_steps
     where run_id is not null
     group by run_id, version
    having count(*) filter (where phase = 'champion') + count(*) filter (where phase = 'withdrawn') > 1`,
  'what was promoted was told to promote': `
    select r.id from runs r
     where r.promoted_at is not null
       and not exists (select 1 from verdicts v where v.run_id = r.id and v.kind = 'promote')`,
};

/** What must hold once nothing is on its way any more. */
const atTheEnd: Readonly<Record<string, string>> = {
  'a run that has ended says how': `select id from runs where ended_at is not null and outcome is null`,
  'totals are the rows': `
    select 1 from (
      select (select coalesce(sum(case kind when 'outcome' then value when 'outcome_withdrawn' then -value end), 0)
                from totals) as counted,
             (select count(*) from examples where label is not null) as rows
    ) books where counted <> rows`,
};

export type Breach = { law: string; of: string };

/** Asks the laws of one namespace. `close` it when the story is over. */
export async function openLaws(databaseUrl: string, namespace: string) {
  const pool = new Pool({
    connectionString: databaseUrl,
    max: 1,
    options: `-c search_path=${databaseSchema(namespace)}`,
  });
  pool.on('error', () => {});
  const ask = async (laws: Readonly<Record<string, string>>): Promise<Breach[]> => {
    const breaches: Breach[] = [];
    for (const [law, question] of Object.entries(laws)) {
      const { rows } = await pool.query<Record<string, unknown>>(question);
      breaches.push(...rows.map((row) => ({ law, of: String(Object.values(row)[0]) })));
    }
    return breaches;
  };
  return {
    askAlways: () => ask(always),
    askAtTheEnd: () => ask({ ...always, ...atTheEnd }),
    /** The present: where a run is, for the log of kills. */
    async phase(): Promise<string> {
      const { rows } = await pool.query<{ phase: string }>(
        'select phase from runs where ended_at is null order by started_at desc limit 1',
      );
      return rows[0]?.phase ?? 'watching';
    },
    /** Examples that have a label: what grows while ingest works. */
    async labelled(): Promise<number> {
      const { rows } = await pool.query<{ n: string }>(
        'select count(*) as n from examples where label is not null',
      );
      return Number(rows[0]!.n);
    },
    /** The one model of a demo. */
    async model(): Promise<string> {
      const { rows } = await pool.query<{ name: string }>('select name from models');
      return rows[0]!.name;
    },
    close: () => pool.end(),
  };
}
