import type { EventTotals, Standing, Total, TotalsStore } from '../../domain/ingest-ports.ts';
import type { Handle } from './database.ts';
import { stepsHappened, sumHappened } from './happened.ts';

export const createTotalsStore = ({ pool }: Handle): TotalsStore => ({
  async totals(filter = {}) {
    const { rows } = await pool.query<Total>(
      `select model, version, partition, kind, a, b, value from totals
        where $1::text is null or model = $1
        order by model, version, kind, a, b, partition`,
      [filter.model ?? null],
    );
    return rows;
  },

  async eventTotals(model) {
    const { rows } = await pool.query<{ a: string; value: number }>(
      `select a, sum(value)::bigint as value from totals
        where kind = 'event' and ($1::text is null or model = $1) group by a`,
      [model ?? null],
    );
    const by = new Map(rows.map((r) => [r.a, r.value]));
    const of = (kind: string) => by.get(kind) ?? 0;
    return {
      predictions: of('predictions'),
      feedback: of('feedback'),
      stored: of('stored'),
      duplicates: of('duplicates'),
      deadLettered: of('dead_lettered'),
    } satisfies EventTotals;
  },

  async partitions() {
    const { rows } = await pool.query<{ label: string }>(
      `select distinct label from (
         select ${partitionLabel} as label from ingest_offsets
         union select partition from totals) labels order by label`,
    );
    return rows.map((r) => r.label);
  },

  happened: (stretches) => sumHappened(pool, stretches),
  happenedSteps: (stretch, stepMs) => stepsHappened(pool, stretch, stepMs),

  async standings(model) {
    const { rows } = await pool.query<Standing>(
      `select m.name as model, d.version as champion, coalesce((r.state ->> 'regret')::float8, 0) as regret,
              coalesce(f.labelled, 0) as labelled, 
              coalesce((select jsonb_object_agg(key, value - 'state') from jsonb_each(r.streams)), '{}') as streams
         from models m
         left join deployments d on d.model = m.name and d.ended_at is null
         left join regrets r on r.model = d.model and r.generation = d.generation
         left join folds f on f.model = m.name
        where m.declared and ($1::text is null or m.name = $1)
        order by m.name`,
      [model ?? null],
    );
    return rows;
  },
});

/** `predictions-3` of the topic `ns.driftloop.predictions.v1`; the same as monitors/ingest makes of it. */
const partitionLabel = `split_part(topic, '.', -2) || '-' || partition`;
