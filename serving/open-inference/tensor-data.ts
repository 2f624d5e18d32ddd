/** The elements of a tensor in row-major order, or what is wrong with its data. */
export type Elements = { elements: readonly unknown[] } | { problem: string };

/**
 * Data as the protocol lets it be written: nested as its shape is, or flat. Walks without recursion, and no deeper than
 * the shape.
 */
export function elementsOf(data: readonly unknown[], shape: readonly number[]): Elements {
  const size = shape.reduce((product, side) => product * side, 1);
  if (!data.some((one) => Array.isArray(one)))
    return data.length === size
      ? { elements: data }
      : { problem: `has ${data.length} elements, and its shape ${say(shape)} is ${size}` };
  let level: readonly unknown[] = [data];
  for (const side of shape) {
    const odd = level.find((one) => !Array.isArray(one) || one.length !== side);
    if (odd !== undefined)
      return { problem: `is not nested as its shape ${say(shape)} is: ${sayList(odd)} where ${side} belong` };
    level = level.flat(1);
  }
  return level.some((one) => Array.isArray(one))
    ? { problem: `is nested deeper than its shape ${say(shape)}` }
    : { elements: level };
}

export const say = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

const sayList = (one: unknown) => (Array.isArray(one) ? `a list of ${one.length}` : 'no list');
