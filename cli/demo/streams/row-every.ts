/** Milliseconds of stream time between two rows: the median step of their times; null where they say nothing. */
export function rowEveryMs(times: readonly string[]): number | null {
  const instants = times.map((text) =>
    /^\d+(\.\d+)?$/.test(text) ? epochMs(Number(text)) : Date.parse(text),
  );
  const steps = instants
    .slice(1)
    .map((at, i) => at - instants[i]!)
    .filter((step) => step > 0)
    .sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? null;
}

/** Plain numbers are seconds since 1970, or milliseconds where seconds would lie thousands of years ahead. */
const epochMs = (x: number): number => (x > 1e11 ? x : x * 1000);
