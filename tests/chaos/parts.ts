import { setTimeout as wait } from 'node:timers/promises';
import { isReadyOverHttp, isTemporalHealthy } from '../../infra/local/probes.ts';
import { processesNaming } from '../support/processes.ts';

/** What a story may lose: everything that Driftloop runs or asks, but for the database and the log of messages. */
export const parts = [
  'worker',
  'worker-gpu',
  'server',
  'monitor',
  'console',
  'temporal',
  'prometheus',
  'alertmanager',
] as const;
export type PartName = (typeof parts)[number];

/** What the command line of a part's own process says, beside the folder of its stack. */
const telling: Record<PartName, string> = {
  worker: '/addresses/worker.json',
  'worker-gpu': '/addresses/worker-gpu.json',
  server: '/addresses/server.json',
  monitor: '/addresses/monitor.json',
  console: '/addresses/console.json',
  temporal: '/temporal.db',
  prometheus: '/prometheus.yml',
  alertmanager: '/alertmanager.yml',
};

const processOf = (stateDir: string, part: PartName): number | null =>
  processesNaming(stateDir).find(({ command }) => command.includes(telling[part]))?.pid ?? null;

/** Kills a part with -9. @returns its pid, or null where it is not up just now */
export function kill(stateDir: string, part: PartName): number | null {
  const pid = processOf(stateDir, part);
  if (pid !== null) process.kill(pid, 'SIGKILL');
  return pid;
}

export type Addresses = Readonly<Record<Exclude<PartName, 'worker' | 'worker-gpu'>, string>>;

/** Whether another process than the killed one answers in a part's place. */
async function isBack(stateDir: string, part: PartName, pid: number, addresses: Addresses): Promise<boolean> {
  const now = processOf(stateDir, part);
  if (now === null || now === pid) return false;
  switch (part) {
    case 'temporal':
      return isTemporalHealthy(addresses.temporal);
    case 'prometheus':
    case 'alertmanager':
      return isReadyOverHttp(addresses[part]);
    default: {
      const address = part in addresses ? addresses[part as keyof Addresses] : null;
      // A worker has no address that the outside knows; whether it works is asked of its workflows.
      if (address === null) return true;
      const answer = await fetch(`${address}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(
        () => null,
      );
      return answer?.ok === true;
    }
  }
}

/** Waits until a part is back and `isWorking` says that the whole does its work. @returns seconds, or null for never */
export async function secondsUntilBack(
  killed: { stateDir: string; part: PartName; pid: number; addresses: Addresses },
  isWorking: () => Promise<boolean>,
  withinMs: number,
): Promise<number | null> {
  const began = performance.now();
  while (performance.now() - began < withinMs) {
    if ((await isBack(killed.stateDir, killed.part, killed.pid, killed.addresses)) && (await isWorking()))
      return (performance.now() - began) / 1000;
    await wait(100);
  }
  return null;
}
