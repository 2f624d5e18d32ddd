import { readdirSync } from 'node:fs';
import process from 'node:process';
import { hasNvidiaDriver } from './nvidia.ts';

/** Where Linux shows GPUs: a node for each that can compute, and WSL's own. */
export const hasGpuNode = (): boolean => {
  for (const [folder, pattern] of [['/dev/dri', /^renderD/] as const, ['/dev', /^dxg$/] as const]) {
    try {
      if (readdirSync(folder).some((name) => pattern.test(name))) return true;
    } catch {
      // There is no such folder: no GPU of that kind.
    }
  }
  return false;
};

/** Whether it is worth the time to ask the drivers for a GPU: elsewhere than on Linux there is no other way to know. */
export const mayHaveGpu = (): boolean => process.platform !== 'linux' || hasGpuNode() || hasNvidiaDriver();
