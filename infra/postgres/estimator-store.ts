import type { EstimatorStore, ToCalibrate } from '../../domain/ingest-ports.ts';
import type { Handle } from './database.ts';

export const createEstimatorStore = ({ pool }: Handle): EstimatorStore => ({
  async due(rows) {
    const { rows: due } = await pool.query<ToCalibrate>(
      `select d.model, d.version, m.config -> 'task' -> 'labels' as labels
         from deployments d
         join models m on m.name = d.model and m.declared
        where d.ended_at is null and m.config -> 'task' ->> 'kind' = 'classification'
          and not exists (select from estimators e where e.model = d.model and e.version = d.version)
          and (select sum(case t.kind when 'outcome' then t.value else -t.value end) from totals t
                where t.model = d.model and t.version = d.version and t.kind in ('outcome', 'outcome_withdrawn'))
              >= $1
        order by d.model`,
      [rows],
    );
    return due;
  },

  async firstKnown({ model, version }, rows) {
    const { rows: known } = await pool.query<{
      scores: Record<string, number>;
      predicted: string;
      label: string;
    }>(
      `select p.scores, e.predicted, e.label
         from examples e
        cross join lateral (select scores from predictions
                             where prediction_id = e.prediction_id and bucket = e.bucket limit 1) p
        where e.model = $1 and e.version = $2 and e.label is not null and not e.picked and p.scores is not null
        order by e.known_xid, e.known_id
        limit $3`,
      [model, version, rows],
    );
    return known;
  },

  async save({ model, version }, estimator) {
    await pool.query(
      'insert into estimators (model, version, estimator) values ($1, $2, $3) on conflict do nothing',
      [model, version, JSON.stringify(estimator)],
    );
  },
});
