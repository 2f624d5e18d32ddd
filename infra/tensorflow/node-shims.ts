import { createRequire } from 'node:module';

/**
 * Give Node back two functions that Node 23 took away and that tfjs-node 4.22 still calls.
 *
 * Call it before tfjs-node is loaded. Safe to repeat; does nothing where the functions exist.
 */
export function shimNodeUtil(): void {
  // tfjs-node sees the CommonJS object of `util`; the namespace of an `import` could not be changed.
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  util['isArray'] ??= Array.isArray;
}
