import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** So much more than after the last time is worth a twentieth of a second of looking through it. */
const WORTH_BYTES = 16 * 2 ** 20;

let after = 0;
let collect: (() => void) | null = null;

/**
 * Has JavaScript clear its garbage away where there is much of it. A step makes thousands of small objects, and the files of
 * a base leave large ones; on a machine with room V8 lets hundreds of megabytes of them lie before it looks through its
 * heap, which is more than all that a base in 4 bits takes.
 */
export function clearHeap(): void {
  if (inUse() - after < WORTH_BYTES) return;
  collect ??= garbageCollector();
  collect();
  after = inUse();
}

function inUse(): number {
  const { used_heap_size: objects, external_memory: arrays } = getHeapStatistics();
  return objects + arrays;
}

/** V8's own, which it lends to whoever asks by a flag, at any time. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
