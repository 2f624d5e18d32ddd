import { DriftloopError } from '../../domain/errors.ts';
import type { Migration } from '../postgres/migrations.ts';
import type { Head } from './manifest.ts';

/** Why a backup was not taken, or not put back: before anything was changed. */

export const exists = (file: string) =>
  new DriftloopError('DL_BACKUP_EXISTS', `${file} is there already; a backup does not write over anything.`, {
    fix: 'Name another file with --out, such as one with the date in it.',
  });

export const notWritten = (file: string, cause: NodeJS.ErrnoException) =>
  new DriftloopError(
    'DL_BACKUP_NOT_WRITTEN',
    `The backup could not be written to ${file}: ${cause.message}.`,
    {
      fix: 'Name a file in a folder that can be written to, on a disk with room for it.',
      cause,
    },
  );

export const unreadable = (file: string, what: string, cause?: unknown) =>
  new DriftloopError('DL_BACKUP_UNREADABLE', `${file} is not a whole backup: ${what}.`, {
    fix: 'Take another copy of the backup, or an earlier one. Nothing was changed.',
    cause,
  });

export function otherSchema({ driftloop, schema }: Head, known: readonly Migration[]) {
  const tags = new Set(known.map((m) => m.tag));
  const foreign = schema.filter(({ tag }) => !tags.has(tag)).map(({ tag }) => tag);
  const difference =
    foreign.length > 0
      ? `has migrations that this Driftloop does not know: ${foreign.join(', ')}`
      : `ends at ${schema.at(-1)?.tag ?? 'nothing'}; that of this Driftloop at ${known.at(-1)?.tag ?? 'nothing'}`;
  return new DriftloopError(
    'DL_BACKUP_SCHEMA',
    `The backup was taken by Driftloop ${driftloop}, whose schema ${difference}.`,
    {
      fix: `Restore it with Driftloop ${driftloop}; then change to this one: driftloop migrate. Nothing was changed.`,
    },
  );
}

export const otherNamespace = (backup: string, present: string) =>
  new DriftloopError(
    'DL_NAMESPACE_MISMATCH',
    `The backup is of the namespace "${backup}", and this environment is that of "${present}".`,
    { fix: `Set DRIFTLOOP_NAMESPACE=${backup}. Nothing was changed.` },
  );

export const notEmpty = (namespace: string, tables: readonly string[]) =>
  new DriftloopError(
    'DL_NAMESPACE_NOT_EMPTY',
    `The namespace "${namespace}" has data already (${tables.join(', ')}).`,
    {
      fix: 'Restore into an empty database, or replace what is there: --force. Nothing was changed.',
    },
  );

export const inUse = (namespace: string, sessions: number) =>
  new DriftloopError(
    'DL_NAMESPACE_IN_USE',
    `The namespace "${namespace}" is in use: ${sessions} connection${sessions === 1 ? '' : 's'} of Driftloop to its database.`,
    { fix: 'Stop its roles (server, monitor, worker, console) first. Nothing was changed.' },
  );
