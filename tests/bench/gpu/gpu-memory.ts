import { spawn } from 'node:child_process';

/** How often the driver is asked, in milliseconds. */
const EVERY_MS = 50;

/**
 * What the driver of NVIDIA says of the memory in use on the GPU, in MB: the most since the last `reset`. Null where there
 * is no `nvidia-smi`, or nothing was said yet.
 */
export function watchGpuMemory(): { mostMb(): number | null; reset(): void; stop(): void } {
  let most: number | null = null;
  const args = ['--query-gpu=memory.used', '--format=csv,noheader,nounits', `-lms`, String(EVERY_MS)];
  const child = spawn('nvidia-smi', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  child.on('error', () => undefined);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n')) {
      const used = Number.parseFloat(line);
      if (Number.isFinite(used)) most = Math.max(most ?? 0, used);
    }
  });
  child.unref();
  return {
    mostMb: () => most,
    reset: () => void (most = null),
    stop: () => void child.kill(),
  };
}
