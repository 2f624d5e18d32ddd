import { readdirSync, readFileSync } from 'node:fs';
import { processesNaming } from '../../support/processes.ts';

/** What the processes of an installation take: resident memory, and processor seconds since they began. */
export type Usage = { memoryMb: number; cpuSeconds: number; byName: Record<string, PartUsage> };
export type PartUsage = { memoryMb: number; cpuSeconds: number };

/** Clock ticks of a second in /proc; 100 on every Linux that Node runs on. */
const TICKS = 100;
const PAGE_MB = 4096 / 2 ** 20;

/** Of every process that names the folder, and of their children. Linux only. */
export function usageOf(folder: string): Usage {
  const children = new Map<number, number[]>();
  const stats = new Map<number, { name: string; cpuSeconds: number; memoryMb: number }>();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const pid = Number(entry);
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const parent = Number(fields[1]);
      children.set(parent, [...(children.get(parent) ?? []), pid]);
      stats.set(pid, {
        name: nameOf(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')),
        cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS,
        memoryMb: Number(fields[21]) * PAGE_MB,
      });
    } catch {
      // It ended while we looked.
    }
  }
  const all = new Set<number>();
  const take = (pid: number): void => {
    if (all.has(pid)) return;
    all.add(pid);
    (children.get(pid) ?? []).forEach(take);
  };
  processesNaming(folder)
    .filter(({ pid }) => pid !== process.pid)
    .forEach(({ pid }) => take(pid));
  const usage: Usage = { memoryMb: 0, cpuSeconds: 0, byName: {} };
  for (const pid of all) {
    const stat = stats.get(pid);
    if (stat === undefined) continue;
    usage.memoryMb += stat.memoryMb;
    usage.cpuSeconds += stat.cpuSeconds;
    const part = (usage.byName[stat.name] ??= { memoryMb: 0, cpuSeconds: 0 });
    part.memoryMb += stat.memoryMb;
    part.cpuSeconds += stat.cpuSeconds;
  }
  return usage;
}

const names = [
  'worker-gpu',
  'worker',
  'server',
  'monitor',
  'console',
  'alertmanager',
  'prometheus',
  'temporal',
  'kafka',
  'postgres',
] as const;
const nameOf = (command: string): string =>
  names.find((name) => command.includes(`addresses/${name}.json`)) ??
  names.slice(5).find((name) => command.includes(name)) ??
  'children';
