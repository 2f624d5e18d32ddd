import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import type { Summary } from '../../cli/demo/summary.ts';

const launcher = fileURLToPath(new URL('../../cli/bin/driftloop.mjs', import.meta.url));

export type JsonLine = Record<string, unknown> & { type: string };

/** `driftloop demo --json …` as a user starts it, in a process of its own. */
export function startDemo(args: readonly string[], cwd: string) {
  const child = spawn(process.execPath, [launcher, 'demo', '--json', ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: JsonLine[] = [];
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const read = createInterface({ input: child.stdout });
  const waiting = new Set<() => void>();
  read.on('line', (text) => {
    lines.push(JSON.parse(text) as JsonLine);
    for (const look of waiting) look();
  });
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return {
    child,
    lines,
    exited,
    /** What it said to people; belongs into the message of a failure. */
    said: () => said.slice(-3_000),
    summary: () => lines.at(-1) as unknown as Summary & { type: string },
    /** The first line of a type, as soon as it is there; an error when the process ends without one. */
    async line(type: string): Promise<JsonLine> {
      for (;;) {
        const found = lines.find((l) => l.type === type);
        if (found) return found;
        const next = new Promise<'line'>((resolve) => {
          const look = () => {
            waiting.delete(look);
            resolve('line');
          };
          waiting.add(look);
        });
        const isOver = (await Promise.race([next, exited])) !== 'line';
        if (isOver && !lines.some((l) => l.type === type)) throw new Error(`ended without ${type}: ${said}`);
      }
    },
    /** For afterEach: whatever a failed test has left running. */
    end: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}
