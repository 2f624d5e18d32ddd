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

/** Whether the JSON in a text may be that deep: it has to open so many lists and objects. Quicker than to walk it. */
export function mayBeNestedTooDeep(json: string): boolean {
  let open = 0;
  for (const bracket of ['{', '[']) {
    for (let at = json.indexOf(bracket); at >= 0; at = json.indexOf(bracket, at + 1)) {
      open += 1;
      if (open > DEEPEST) return true;
    }
  }
  return false;
}
