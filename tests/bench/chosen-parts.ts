import { DriftloopError } from '../../domain/errors.ts';

/** Which parts of a bench are measured: those that are named, or all; a name that is none is refused. */
export function chosenParts<P extends string>(
  parts: readonly P[],
  named: readonly string[],
): (part: P) => boolean {
  const unknown = named.find((part) => !parts.some((one) => one === part));
  if (unknown !== undefined)
    throw new DriftloopError('DL_OPTION_INVALID', `There is no part "${unknown}".`, {
      fix: `Name some of ${parts.join(', ')}, or none for all.`,
    });
  return (part) => named.length === 0 || named.includes(part);
}
