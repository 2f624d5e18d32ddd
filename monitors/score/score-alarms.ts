/**
 * Is a monitor worth more than a clock? Its alarms are held against drifts that are known afterwards, beside those of a
 * clock that fires as often at even distances, of one that always fires and of one that never does.
 */
export type Record = Readonly<{
  rows: number;
  /** Stretches in which the champion was worse, `to` not included. */
  drifts: readonly Readonly<{ from: number; to: number }>[];
}>;

export type Score = Readonly<{
  alarms: number;
  /** Drifts that had an alarm while they lasted, of how many. */
  found: number;
  drifts: number;
  /** Rows from the beginning of a found drift to its first alarm, on average; null where none was found. */
  delay: number | null;
  /** Share of the alarms that came while the champion was worse; null without alarms. */
  precision: number | null;
  /** Rows that were answered while the champion was worse and nobody had said so. */
  unalarmedRows: number;
}>;

export type ClockVerdict = 'better' | 'no better' | 'worse' | 'unknown';

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

/** @param alarms rows, in order */
export function scoreAlarms({ drifts }: Pick<Record, 'drifts'>, alarms: readonly number[]): Score {
  const delays = drifts.flatMap(({ from, to }) => {
    const first = alarms.find((row) => row >= from && row < to);
    return first === undefined ? [] : [first - from];
  });
  const right = alarms.filter((row) => drifts.some(({ from, to }) => row >= from && row < to)).length;
  const rowsOf = drifts.reduce((sum, { from, to }) => sum + to - from, 0);
  const saved = drifts.reduce((sum, { from, to }) => {
    const first = alarms.find((row) => row >= from && row < to);
    return first === undefined ? sum : sum + to - first;
  }, 0);
  return {
    alarms: alarms.length,
    found: delays.length,
    drifts: drifts.length,
    delay: mean(delays),
    precision: alarms.length === 0 ? null : right / alarms.length,
    unalarmedRows: rowsOf - saved,
  };
}

/** An alarm at every row: nothing is late, and its precision is the share of rows in which there was something to say. */
export const alwaysFires = ({ rows, drifts }: Record): Score =>
  scoreAlarms(
    { drifts },
    Array.from({ length: rows }, (_, row) => row),
  );

/** What a clock that fires so often at even distances, begun at no particular row, is worth on average. */
export function clockScore(
  { rows, drifts }: Record,
  alarms: number,
): Omit<Score, 'found'> & { found: number } {
  if (alarms === 0) return scoreAlarms({ drifts }, []);
  const every = rows / alarms;
  const chances = drifts.map(({ from, to }) => {
    const length = to - from;
    const found = Math.min(1, length / every);
    const reach = Math.min(length, every);
    return { found, delay: reach / 2, late: found * (reach / 2) + (1 - found) * length };
  });
  const found = chances.reduce((sum, chance) => sum + chance.found, 0);
  const worse = drifts.reduce((sum, { from, to }) => sum + to - from, 0);
  return {
    alarms,
    found,
    drifts: drifts.length,
    delay: found === 0 ? null : chances.reduce((sum, chance) => sum + chance.found * chance.delay, 0) / found,
    precision: worse / rows,
    unalarmedRows: chances.reduce((sum, chance) => sum + chance.late, 0),
  };
}

/** Beside a clock that fires as often: better where its alarms are both righter and earlier, worse where neither. */
export function besideClock(score: Score, record: Record): ClockVerdict {
  if (score.alarms === 0) return score.drifts === 0 ? 'unknown' : 'no better';
  const clock = clockScore(record, score.alarms);
  const isRighter = score.precision! > clock.precision!;
  const isEarlier = score.unalarmedRows < clock.unalarmedRows;
  if (score.drifts === 0) return 'worse';
  return isRighter && isEarlier ? 'better' : isRighter || isEarlier ? 'no better' : 'worse';
}
