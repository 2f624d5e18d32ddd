import type { RecordedReign } from '../../domain/examples.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import { driftsOf, stretchesOf } from './hindsight.ts';
import { monitorsOf } from './replay-monitors.ts';
import { alwaysFires, besideClock, scoreAlarms } from './score-alarms.ts';
import type { ClockVerdict, Record, Score } from './score-alarms.ts';

export type MonitorScore = Score &
  Readonly<{ monitor: string; isDeclared: boolean; besideClock: ClockVerdict | null }>;

export type MonitorScores = Readonly<{
  rows: number;
  champions: number;
  drifts: readonly Readonly<{ version: string; fromSeq: number; toSeq: number }>[];
  /** Every monitor, the declared ones first; then what always and what never fires. */
  scores: readonly MonitorScore[];
  /** Declared watches that labelled rows cannot judge. */
  unscored: readonly string[];
}>;

/**
 * Every monitor over what was recorded of a model. Each champion's rows are replayed on their own, as in production; its
 * drifts are those of hindsight.
 */
export function scoreMonitors(
  config: Pick<ModelConfig, 'watch' | 'retrain'>,
  reigns: readonly RecordedReign[],
): MonitorScores {
  const { monitors, unscored } = monitorsOf(config);
  const offsets = reigns.map((_, i) => reigns.slice(0, i).reduce((sum, { rows }) => sum + rows.length, 0));
  const drifts = reigns.map(({ rows }) => driftsOf(stretchesOf(rows.map(({ isWrong }) => isWrong))));
  const record: Record = {
    rows: reigns.reduce((sum, { rows }) => sum + rows.length, 0),
    drifts: drifts.flatMap((of, i) =>
      of.map(({ from, to }) => ({ from: offsets[i]! + from, to: offsets[i]! + to })),
    ),
  };
  const scores = monitors.map(({ name, isDeclared, alarmsOf }): MonitorScore => {
    const alarms = reigns.flatMap(({ rows }, i) => alarmsOf(rows).map((row) => offsets[i]! + row));
    const score = scoreAlarms(record, alarms);
    return { monitor: name, isDeclared, ...score, besideClock: besideClock(score, record) };
  });
  const fixed = (monitor: string, score: Score): MonitorScore => ({
    monitor,
    isDeclared: false,
    ...score,
    besideClock: null,
  });
  return {
    rows: record.rows,
    champions: reigns.length,
    drifts: drifts.flatMap((of, i) =>
      of.map(({ from, to }) => ({
        version: reigns[i]!.version,
        fromSeq: reigns[i]!.rows[from]!.seq,
        toSeq: reigns[i]!.rows[to - 1]!.seq,
      })),
    ),
    scores: [
      ...scores,
      fixed('always fires', alwaysFires(record)),
      fixed('never fires', scoreAlarms(record, [])),
    ],
    unscored,
  };
}
