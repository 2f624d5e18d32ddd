import { existsSync } from 'node:fs';

/** Whether the kernel of this machine drives a GPU of NVIDIA; that CUDA works is another question. */
export const hasNvidiaDriver = (): boolean =>
  ['/proc/driver/nvidia/version', '/dev/nvidiactl'].some((path) => existsSync(path));
