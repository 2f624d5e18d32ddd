let table = new Float64Array([0, 0]);

/** ln 0! … ln n!, summed once and kept: as exact as their sum, where a formula would only be near. */
export function logFactorials(n: number): Float64Array {
  if (n >= table.length) {
    const longer = new Float64Array(Math.max(n + 1, 2 * table.length));
    longer.set(table);
    // Kahan: a million rounded sums would otherwise lose four digits.
    let lost = 0;
    for (let i = table.length; i < longer.length; i += 1) {
      const term = Math.log(i) - lost;
      longer[i] = longer[i - 1]! + term;
      lost = longer[i]! - longer[i - 1]! - term;
    }
    table = longer;
  }
  return table;
}
