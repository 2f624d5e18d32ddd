import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readFileSync } from 'node:fs';
import { startRoleOnce } from '../../cli/local/role-process.ts';
import { processesNaming } from './processes.ts';

/** `driftloop worker --gpu` as it is deployed, in a process of its own that a test may kill. */
export async function startGpuWorker(folder: string, env: Readonly<Record<string, string>>) {
  const elsewhere = 'http://127.0.0.1:1';
  const role = await startRoleOnce({
    name: 'worker-gpu',
    folder,
    env: {
      ...process.env,
      // This role needs neither.
      DRIFTLOOP_KAFKA_BROKERS: '127.0.0.1:1',
      DRIFTLOOP_PROMETHEUS_URL: elsewhere,
      DRIFTLOOP_TOKEN: 'a-token-of-a-test',
      ...env,
    },
  });
  const addresses = path.join(folder, 'addresses', 'worker-gpu.json');
  const { pid } = JSON.parse(await readFile(addresses, 'utf8')) as { pid: number };
  return {
    pid,
    /** The process that trains, or null while none does. */
    trainer: (): number | null =>
      processesNaming('trainer-child').find((child) => parentOf(child.pid) === pid)?.pid ?? null,
    stop: () => role.process.stop(),
  };
}
export type GpuWorker = Awaited<ReturnType<typeof startGpuWorker>>;

function parentOf(pid: number): number | null {
  try {
    return Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return null;
  }
}
