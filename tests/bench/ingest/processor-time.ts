import { readFileSync, readdirSync } from 'node:fs';
import { withClient, type Database } from '../../../infra/postgres/connect.ts';

/** Clock ticks of /proc are hundredths of a second on every Linux that is not very special. */
const ticksPerSecond = 100;

type Stat = { pid: number; parent: number; seconds: number };

function statOf(pid: number): Stat | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    // utime, stime, and the same of children that have ended.
    const ticks = [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0);
    return { pid, parent: Number(fields[1]), seconds: ticks / ticksPerSecond };
  } catch {
    return null;
  }
}

/** How much processor time a PostgreSQL and all of its processes have used so far. */
export async function postgresSeconds(database: Database): Promise<() => number> {
  const postmaster = await withClient(database, async (client) => {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    return statOf(rows[0]!.pid)?.parent;
  });
  return () =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => statOf(Number(name)) ?? [])
      .filter(({ pid, parent }) => pid === postmaster || parent === postmaster)
      .reduce((sum, { seconds }) => sum + seconds, 0);
}
