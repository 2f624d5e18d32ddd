import { DriftloopError } from '../../domain/errors.ts';

/** The error of ours that `act` throws; anything else fails the test. */
export function caught(act: () => unknown): DriftloopError {
  try {
    act();
  } catch (error) {
    if (error instanceof DriftloopError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown');
}

/** The same of what rejects. */
export async function caughtAsync(act: () => Promise<unknown>): Promise<DriftloopError> {
  try {
    await act();
  } catch (error) {
    if (error instanceof DriftloopError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown');
}
