import { asDriftloopError } from './answer-errors.ts';
import { checkOutputs, OutputInvalid } from '../domain/check-output.ts';
import type { InputRow } from '../domain/input.ts';
import { answerLimits } from '../domain/serving-config.ts';
import type { ServingMetrics } from './metrics.ts';
import type { MicroBatcher } from './micro-batch.ts';
import type { Serving } from './served-routes.ts';

type Parts = {
  batcher: MicroBatcher;
  metrics: ServingMetrics;
  clock: () => number;
  /** Rows that a version in shadow may owe answers to at a time; what comes beyond it is not copied. */
  maxRows?: number;
};

/**
 * Shows a version in shadow what the champion has just answered. Its answers are dropped; how long it took, its errors
 * and the answers that could be none are counted. A version that is slower than the traffic is shown less of it,
 * instead of holding anything up.
 */
export function createShadow({ batcher, metrics, clock, maxRows = 256 }: Parts) {
  const owed = new Map<string, number>();

  return {
    /** Resolves when the copy has been answered or dropped; never rejects. */
    async copy({ config, keys, route }: Serving, rows: readonly InputRow[]): Promise<void> {
      const key = keys.challenger;
      if (rows.length === 0 || key === undefined || route.challenger === null) return;
      const { version } = route.challenger;
      const of = { model: config.name, version };
      const before = owed.get(key) ?? 0;
      if (before > 0 && before + rows.length > maxRows) {
        metrics.shadowDropped.inc(of, rows.length);
        return;
      }
      owed.set(key, before + rows.length);
      const startedAt = clock();
      const labels = { ...of, arm: 'shadow' };
      let code = 200;
      try {
        checkOutputs(version, config.task, await batcher.predict(key, rows, answerLimits(config)));
        metrics.instances.inc(labels, rows.length);
      } catch (error) {
        code = asDriftloopError(error).status;
        if (error instanceof OutputInvalid) metrics.invalidOutputs.inc(labels, error.rows);
      } finally {
        metrics.requests.inc({ ...labels, code: String(code) });
        metrics.requestSeconds.observe(labels, (clock() - startedAt) / 1_000);
        const left = owed.get(key)! - rows.length;
        if (left > 0) owed.set(key, left);
        else owed.delete(key);
      }
    },
  };
}

export type Shadow = ReturnType<typeof createShadow>;
