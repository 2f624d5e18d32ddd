import type { Tf } from '../../../../training/backend.ts';

/** One thing that a reference file says, and how to see that we say the same. */
export type LossCase = { name: string; run: (tf: Tf) => void | Promise<void> };

/** Turns a parsed file into its cases; throws on anything in it that it does not know how to run. */
export type CaseReader = (vector: unknown) => LossCase[];

/**
 * Every key of the object is known: what a file says beside that would be passed over in silence.
 *
 * @param known the keys, with a space between two
 * @throws on a key that is not among them
 */
export function onlyKnown(object: object, known: string, where: string): void {
  const unknown = Object.keys(object).filter((key) => !known.split(' ').includes(key));
  if (unknown.length > 0) throw new Error(`${where}: no test knows what to do with ${unknown.join(', ')}`);
}
