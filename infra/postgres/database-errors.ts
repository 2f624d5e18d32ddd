import { DriftloopError } from '../../domain/errors.ts';

/** The SQLSTATE of an error, or the code of the system call that failed; drizzle keeps the original as its cause. */
export function codeOf(error: unknown): string | undefined {
  for (let e = error; e instanceof Error; e = e.cause) {
    if ('code' in e && typeof e.code === 'string') return e.code;
  }
  return undefined;
}

/** The database refused a value: the same again would be refused again. */
export const refusesValue = (error: unknown): boolean => /^(22|23|54)...$/.test(codeOf(error) ?? '');

/** A partition that was there has been dropped since. */
export const lacksPartition = (error: unknown): boolean =>
  codeOf(error) === '23514' && error instanceof Error && error.message.startsWith('no partition of relation');

export const cannotStore = (error: unknown) =>
  new DriftloopError('DL_CANNOT_STORE', `The database refused a value: ${String(error)}`, {
    fix: 'Look at the dead letter; the producer has to send something that can be stored.',
    cause: error,
  });
