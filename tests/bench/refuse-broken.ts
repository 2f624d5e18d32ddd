import { DriftloopError } from '../../domain/errors.ts';

/** A bench that promises something fails where the promise was broken. Throws DL_BENCH_FAILED with what it found. */
export function refuseBroken(isSound: boolean, results: object, fix: string): void {
  if (!isSound) throw new DriftloopError('DL_BENCH_FAILED', JSON.stringify(results), { fix });
}
