/** The largest |x| of each block of so many numbers; the last block may be short. */
export function blockMaxima(values: Float32Array, block: number): Float32Array {
  const maxima = new Float32Array(Math.ceil(values.length / block));
  for (let at = 0; at < maxima.length; at += 1) {
    let largest = 0;
    const end = Math.min(values.length, (at + 1) * block);
    for (let i = at * block; i < end; i += 1) largest = Math.max(largest, Math.abs(values[i]!));
    maxima[at] = largest;
  }
  return maxima;
}
