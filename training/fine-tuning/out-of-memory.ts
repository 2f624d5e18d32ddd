/** How TensorFlow, WebGPU and JavaScript say that a tensor found no room. */
const says =
  /OOM when allocating|RESOURCE_EXHAUSTED|ResourceExhausted|out of memory|Array buffer allocation failed/i;

export const isOutOfMemory = (error: unknown): boolean => error instanceof Error && says.test(error.message);
