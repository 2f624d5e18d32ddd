/** The largest |x| of each block of so many numbers; the last block may be short. */
export function blockMaxima(values: Float32Array, block: number): Float32Array {
  const maxima = new Float32Array(Math.ceil(values.length / block));
  for (let i = 0; i < values.length; i += 1) {
    const at = Math.floor(i / block);
    maxima[at] = Math.max(maxima[at]!, Math.abs(values[i]!));
  }
  return maxima;
}
