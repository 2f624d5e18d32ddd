import { setTimeout } from 'node:timers/promises';
import type { EstimatorStore } from '../../domain/ingest-ports.ts';
import { CALIBRATION_ROWS, fitEstimator } from '../estimate.ts';

export type RunCalibrationsOptions = {
  estimators: EstimatorStore;
  signal: AbortSignal;
  /** Time between two beats. */
  everyMs?: number;
  onProblem?: (problem: { model: string | null; error: unknown }) => void;
};

/** What cannot be calibrated is not asked again before so many beats: its scores will still be unusable. */
const BEATS_OF_REST = 360;

/**
 * Calibrates each champion on the first of its own rows whose labels are known, as soon as there are enough. May run in
 * any number of processes: the same rows give the same answer, and the first one stays.
 */
export async function runCalibrations({
  estimators,
  signal,
  everyMs = 10_000,
  onProblem = () => {},
}: RunCalibrationsOptions): Promise<void> {
  const resting = new Map<string, number>();
  for (let beat = 0; !signal.aborted; beat += 1) {
    const due = await estimators.due(CALIBRATION_ROWS).catch((error: unknown) => {
      onProblem({ model: null, error });
      return [];
    });
    for (const one of due) {
      const name = `${one.model} ${one.version}`;
      if ((resting.get(name) ?? 0) > beat) continue;
      try {
        if (!(await calibrateVersion(estimators, one))) resting.set(name, beat + BEATS_OF_REST);
      } catch (error) {
        onProblem({ model: one.model, error });
      }
    }
    await setTimeout(everyMs, undefined, { signal }).catch(() => {});
  }
}

async function calibrateVersion(
  estimators: EstimatorStore,
  one: Awaited<ReturnType<EstimatorStore['due']>>[number],
): Promise<boolean> {
  const estimator = fitEstimator(one.labels, await estimators.firstKnown(one, CALIBRATION_ROWS));
  if (estimator === null) return false;
  await estimators.save(one, estimator);
  return true;
}
