import { writeFileSync } from 'node:fs';

/** The highest: of all processes of the machine or the container, this one is taken. */
const OOM_SCORE = '1000';

/**
 * When memory runs out, the kernel ends one process: let it be this one, and not the worker that would try again.
 * Linux only; elsewhere, and where it is forbidden, nothing changes.
 */
export function dieFirst(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', OOM_SCORE);
  } catch {
    // It was a wish.
  }
}
