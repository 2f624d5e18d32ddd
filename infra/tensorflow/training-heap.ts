import { totalmem } from 'node:os';
import process from 'node:process';

const SHARE_OF_MEMORY = 0.5;

/**
 * How large the JavaScript heap of a training may grow, in MB: what `DRIFTLOOP_TRAINING_HEAP_MB` says, or half of the
 * machine's memory, of the container's where that is less. The other half is for tensors, which are not on that heap.
 */
export function trainingHeapMb(env: Readonly<Record<string, string | undefined>> = process.env): number {
  const given = Number(env['DRIFTLOOP_TRAINING_HEAP_MB']);
  if (Number.isInteger(given) && given > 0) return given;
  // 0 or a huge number where nothing constrains it.
  const constrained = process.constrainedMemory?.() ?? 0;
  const bytes = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return Math.floor((bytes * SHARE_OF_MEMORY) / 2 ** 20);
}
