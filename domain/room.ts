import { DriftloopError } from './errors.ts';

/** A full disk, a full quota, a limit on the size of files. */
const withoutRoom = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Writes something to a place; a disk that is full is said as that. Throws DL_DISK_FULL. */
export async function needingRoom<T>(place: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (!withoutRoom.has(code)) throw cause;
    throw new DriftloopError('DL_DISK_FULL', `There is no room to write to ${place} (${code}).`, {
      fix: 'Make room there; what was begun is not used, and what was tried is tried again.',
      cause,
    });
  }
}
