import { readFileSync } from 'node:fs';
import process from 'node:process';

const KILOBYTES_A_MEGABYTE = 2 ** 10;

/**
 * The most memory that this process has held, in MiB, its libraries included. On Linux from its own memory map: what
 * `getrusage` says is never less than what the parent held when it forked.
 */
export function peakMemoryMb(): number {
  const kilobytes = ownPeak() ?? process.resourceUsage().maxRSS;
  return Math.round(kilobytes / KILOBYTES_A_MEGABYTE);
}

function ownPeak(): number | null {
  try {
    const said = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return said && Number(said[1]);
  } catch {
    return null;
  }
}
