import { isDeepStrictEqual } from 'node:util';
import type { DetectorWatch } from '../../domain/detector-config.ts';
import type { BudgetWatch } from '../../domain/drift-config.ts';
import type { NewFinding, WatchedStream, WatchedStreams } from '../../domain/ingest-ports.ts';
import type { BudgetRow } from '../drift-budget/drift-budget.ts';
import { BUDGET_MONITOR, watchBudget } from '../drift-budget/watch-budget.ts';
import { streamOf } from '../detectors/streams/every-stream.ts';
import { findingOf } from '../detectors/streams/stream-detector.ts';
import type { StreamState } from '../detectors/streams/stream-detector.ts';

export type Watched = Readonly<{ streams: WatchedStreams; findings: readonly NewFinding[] }>;

/**
 * Every declared detector sees the next labelled rows of a champion. What is not declared any more is forgotten, and one
 * whose params have changed begins afresh. A finding is where a drift is found, and where a warning begins.
 *
 * @param rows whether the champion was wrong, what it answered and when that was known, row by row, in known-at order
 * @throws DL_DETECTOR_PARAMS
 */
export function watchStreams(
  {
    version,
    streams,
    detectors,
  }: { version: string; streams: WatchedStreams; detectors: readonly (DetectorWatch | BudgetWatch)[] },
  rows: readonly BudgetRow[],
): Watched {
  const seen = detectors.map((watch) =>
    watch.kind === 'drift'
      ? ([BUDGET_MONITOR, watchBudget(version, watch, streams[BUDGET_MONITOR], rows)] as const)
      : ([watch.method, watchOne(version, watch, streams[watch.method], rows)] as const),
  );
  return {
    streams: Object.fromEntries(seen.map(([name, { stream }]) => [name, stream])),
    findings: seen.flatMap(([, { findings }]) => findings),
  };
}

function watchOne(
  version: string,
  { method, params }: DetectorWatch,
  before: WatchedStream | undefined,
  next: readonly Pick<BudgetRow, 'isWrong'>[],
): { stream: WatchedStream; findings: NewFinding[] } {
  const stream = streamOf(method);
  const detector = stream.create(params);
  const goesOn = before !== undefined && isDeepStrictEqual(before.params, params);
  const { state, rows, drifts, level } = goesOn
    ? before
    : { state: detector.start(), rows: 0, drifts: 0, level: 'unknown' as const };
  const isErrors = stream.feeds === 'errors';
  const found = detector.observeAll(
    state as StreamState,
    next.map(({ isWrong }) => (isWrong === isErrors ? 1 : 0)),
  );
  const sawDrift = new Set(found.driftIndices);
  let isWarned = level === 'suspected';
  const findings: NewFinding[] = [];
  const warnings = new Set(found.warningIndices);
  for (let i = 0; i < next.length; i += 1) {
    const row = rows + i + 1;
    if (sawDrift.has(i)) findings.push(say(method, version, 'detected', row));
    else if (warnings.has(i) && !isWarned) findings.push(say(method, version, 'suspected', row));
    isWarned = warnings.has(i) && !sawDrift.has(i);
  }
  const seen = rows + next.length;
  return {
    findings,
    stream: {
      params,
      state: { ...found.state },
      rows: seen,
      drifts: drifts + found.driftIndices.length,
      level: seen < detector.silentFor ? 'unknown' : findingOf(found.state),
    },
  };
}

const say = (method: string, version: string, level: 'detected' | 'suspected', row: number): NewFinding => ({
  monitor: method,
  level,
  value: row,
  sentence:
    level === 'detected'
      ? `${method}: the error rate of champion ${version} has changed, found at its labelled row ${row}.`
      : `${method}: the error rate of champion ${version} may have changed, suspected at its labelled row ${row}.`,
});
