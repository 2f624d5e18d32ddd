/** Where two JSON values differ, and what stands there. */
export type Difference = Readonly<{ path: string; stored: unknown; recomputed: unknown }>;

/** Another processor adds in another order: numbers may differ by so much of themselves. */
const TOLERANCE = 1e-9;

/** @param besides paths that are not compared, with all that is below them */
export function differences(
  stored: unknown,
  recomputed: unknown,
  besides: (path: string) => boolean = () => false,
  path = '',
): Difference[] {
  if (path !== '' && besides(path)) return [];
  if (isObject(stored) && isObject(recomputed)) {
    const keys = [...new Set([...Object.keys(stored), ...Object.keys(recomputed)])];
    return keys.flatMap((key) =>
      differences(stored[key], recomputed[key], besides, path === '' ? key : `${path}.${key}`),
    );
  }
  return isSame(stored, recomputed) ? [] : [{ path, stored, recomputed }];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isSame = (a: unknown, b: unknown): boolean =>
  typeof a === 'number' && typeof b === 'number'
    ? Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b))
    : a === b;
