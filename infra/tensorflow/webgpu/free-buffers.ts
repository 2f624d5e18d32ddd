/** tfjs' store of GPU buffers, which keeps each one that was ever free for the next tensor of just this size. */
export type Buffers = {
  freeBuffers: Map<string, GPUBuffer[]>;
  numFreeBuffers: number;
  numBytesUsed: number;
  numBytesAllocated: number;
  acquireBuffer(size: number, usage: number, mappedAtCreation?: boolean, reuse?: boolean): GPUBuffer;
};

/** What was not asked for so many times is of a batch that is gone: a step of a network asks some thousand times. */
const LONG_AGO = 30_000;
/** How often it is looked for, in askings. */
const LOOK_EVERY = 1000;
/** It goes when as much as this of what was ever in use at once lies about… */
const WORTH_IT = 0.5;
/** …and when even this much does, so does what was asked for lately, the oldest first. */
const TOO_MUCH = 2;

/**
 * Gives memory back to the GPU. Batches of texts have other lengths each time, so their tensors have other sizes, and
 * what tfjs keeps of each of them would fill the GPU. Here those sizes go that were not asked for for a long time, when
 * a new buffer is wanted. Steps that are all alike lose nothing: to make a buffer anew takes longer than to use it.
 */
export function returnFreeBuffers(buffers: Buffers): void {
  const acquire = buffers.acquireBuffer.bind(buffers);
  const askedAt = new Map<string, number>();
  let asked = 0;
  let mostUsed = 0;
  let lookAt = 0;
  buffers.acquireBuffer = (size, usage, ...rest) => {
    const key = `${size}_${usage}`;
    asked += 1;
    askedAt.set(key, asked);
    if ((buffers.freeBuffers.get(key)?.length ?? 0) === 0) {
      if (asked >= lookAt && freeBytes(buffers) > WORTH_IT * mostUsed) {
        destroy(0, asked - LONG_AGO);
        lookAt = asked + LOOK_EVERY;
      }
      if (freeBytes(buffers) > TOO_MUCH * mostUsed) destroy(mostUsed, asked);
    }
    const buffer = acquire(size, usage, ...rest);
    mostUsed = Math.max(mostUsed, buffers.numBytesUsed);
    return buffer;
  };

  /** The oldest first, of those that were asked for before a time, until so many bytes are left. */
  function destroy(leave: number, before: number): void {
    const old = [...buffers.freeBuffers]
      .map(([key, free]) => ({ free, at: askedAt.get(key) ?? 0 }))
      .filter(({ free, at }) => free.length > 0 && at < before)
      .sort((a, b) => a.at - b.at);
    for (const { free } of old)
      while (free.length > 0 && freeBytes(buffers) > leave) {
        const buffer = free.pop()!;
        buffers.numFreeBuffers -= 1;
        buffers.numBytesAllocated -= buffer.size;
        buffer.destroy();
      }
  }
}

const freeBytes = ({ numBytesAllocated, numBytesUsed }: Buffers): number => numBytesAllocated - numBytesUsed;
