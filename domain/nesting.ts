/** Deeper than anybody means it, and far from where writing JSON or storing it runs out of stack. */
export const DEEPEST = 200;

/** Whether lists and objects stand in each other more than `DEEPEST` deep. Walks without recursion: depth is the point. */
export function isNestedTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) return true;
    level = level.flatMap((one) => (one !== null && typeof one === 'object' ? Object.values(one) : []));
  }
  return false;
}
