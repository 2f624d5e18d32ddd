import { expect, test } from 'vitest';
import { returnFreeBuffers } from '../../../../infra/tensorflow/webgpu/free-buffers.ts';
import type { Buffers } from '../../../../infra/tensorflow/webgpu/free-buffers.ts';

/** A store of buffers that works as tfjs', on no GPU. */
function store() {
  let made = 0;
  const buffers: Buffers & { release(buffer: GPUBuffer): void } = {
    freeBuffers: new Map(),
    numFreeBuffers: 0,
    numBytesUsed: 0,
    numBytesAllocated: 0,
    acquireBuffer(size, usage) {
      const free = buffers.freeBuffers.get(`${size}_${usage}`)?.pop();
      buffers.numBytesUsed += size;
      if (free) {
        buffers.numFreeBuffers -= 1;
        return free;
      }
      made += 1;
      buffers.numBytesAllocated += size;
      return { size, usage, destroy() {} } as GPUBuffer;
    },
    release(buffer) {
      const key = `${buffer.size}_${buffer.usage}`;
      buffers.freeBuffers.set(key, [...(buffers.freeBuffers.get(key) ?? []), buffer]);
      buffers.numFreeBuffers += 1;
      buffers.numBytesUsed -= buffer.size;
    },
  };
  returnFreeBuffers(buffers);
  const step = (sizes: readonly number[]) =>
    sizes.map((size) => buffers.acquireBuffer(size, 1)).forEach((buffer) => buffers.release(buffer));
  return { buffers, step, made: () => made };
}

test('steps that are all alike make no buffer anew', () => {
  const { step, made } = store();
  for (let i = 0; i < 50; i += 1) step([100, 200, 300, 100]);
  expect(made()).toBe(4);
});

test('batches of ever other sizes do not fill the GPU', () => {
  const { buffers, step } = store();
  for (let length = 1; length <= 2_000; length += 1) step([1_000 + length, 2_000 + length]);
  expect(buffers.numBytesAllocated).toBeLessThan(3 * (3_000 + 2 * 2_000));
  expect(buffers.numBytesUsed).toBe(0);
});

test('what was not asked for for long goes before what is asked for now', () => {
  const { buffers, step } = store();
  step([500]);
  for (let i = 0; i < 30_000; i += 1) step([400]);
  step([450]);
  expect([...buffers.freeBuffers].filter(([, free]) => free.length > 0).map(([key]) => key)).toEqual([
    '400_1',
    '450_1',
  ]);
});
