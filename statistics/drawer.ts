import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Draws whole numbers from 0 to below a bound; the same seed draws the same. */
export function drawer(seed: number): (below: number) => number {
  const generator = xoroshiro128plus(seed);
  return (below) => Math.floor(((generator.next() >>> 0) / 2 ** 32) * below);
}

/** Puts entries in an order drawn by Fisher and Yates, in place. */
export function shuffle<T>(
  entries: { [at: number]: T; readonly length: number },
  draw: (below: number) => number,
): void {
  for (let i = entries.length - 1; i > 0; i -= 1) {
    const k = draw(i + 1);
    [entries[i], entries[k]] = [entries[k]!, entries[i]!];
  }
}
