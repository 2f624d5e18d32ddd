import { DriftloopError } from '../../domain/errors.ts';

/** The files of a base are there but cannot be used: `why` is a clause, such as `config.json: …`. */
export const invalidBase = (why: string, cause?: unknown): DriftloopError =>
  new DriftloopError('DL_BASE_INVALID', `The base model cannot be used: ${why}.`, {
    fix: 'Take the folder from its source again, whole; do not edit its files.',
    cause,
  });

/** The base asks for something that is not computed here: `what` names it, `instead` says what would do. */
export const unsupportedBase = (what: string, instead: string): DriftloopError =>
  new DriftloopError('DL_BASE_UNSUPPORTED', `The base model has ${what}, which Driftloop cannot compute.`, {
    fix: `${instead}, or train with your own program: trainer: command([…]).`,
  });
