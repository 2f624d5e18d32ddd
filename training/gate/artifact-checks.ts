import type { GateConfig } from '../../domain/gate-config.ts';
import type { Check } from './check.ts';

/** What the gate measured of the artifact itself; null where it was not measured. */
export type MeasuredArtifact = Readonly<{ bytes: number; p99Ms: number | null }>;

/** Rows that are answered one by one where the time of one answer is asked for. */
export const TIMED_ROWS = 200;

/** The time that 99 of 100 answers keep; null without any. */
export const p99Of = (times: readonly number[]): number | null =>
  times.toSorted((a, b) => a - b)[Math.ceil(times.length * 0.99) - 1] ?? null;

/** Size and speed: counted, so that there is nothing to be unsure of. */
export function artifactChecks(
  measured: MeasuredArtifact | null,
  { megabytesAtMost, p99MsAtMost }: GateConfig['artifact'],
): Check[] {
  const check = (
    name: string,
    what: string,
    unit: string,
    value: number | null,
    bound: number | undefined,
  ) => {
    if (bound === undefined) return [];
    const result: Check['result'] = value === null ? 'hold' : value <= bound ? 'pass' : 'fail';
    const is = value === null ? 'was not measured' : `is ${value.toPrecision(3)} ${unit}`;
    const sentence = `${what} ${is}, and may be ${bound} ${unit} at most.`;
    return [{ name, value, interval: null, bound, result, rows: 0, sentence }];
  };
  return [
    ...check(
      'artifact.size',
      'The artifact',
      'MB',
      measured === null ? null : measured.bytes / 1e6,
      megabytesAtMost,
    ),
    ...check(
      'artifact.latency',
      'The slowest answer of a hundred',
      'ms',
      measured?.p99Ms ?? null,
      p99MsAtMost,
    ),
  ];
}
