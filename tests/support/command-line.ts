import { execFile } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import type { Command } from 'commander';
// It starts its service for ever in the folder in which it was loaded, so it is loaded before anybody leaves for one that goes.
import 'esbuild';

/** `driftloop …` in a folder, as a person types it. */

export const launcher = fileURLToPath(new URL('../../cli/bin/driftloop.mjs', import.meta.url));

/** What came of a command. */
export type Said = { code: number; out: string; err: string };

/** Types a command: in a process of its own. */
export const type = (cwd: string, ...args: string[]): Promise<Said> =>
  new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: '1' };
    execFile(process.execPath, [launcher, ...args], { cwd, env }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, out, err }),
    );
  });

/**
 * The same in this process, for tests that are about what is said and made and not about a process: it spares the start
 * of one, some seconds. One at a time, because a process has one working folder.
 */
export async function typeHere(cwd: string, ...args: string[]): Promise<Said> {
  process.env['NO_COLOR'] = '1';
  const { createProgram } = await import('../../cli/main.ts');
  const program = withoutExit(createProgram());
  const said = { out: '', err: '' };
  const from = process.cwd();
  const writes = { out: process.stdout.write, err: process.stderr.write };
  const hear = (part: 'out' | 'err') => (chunk: string | Uint8Array) => {
    said[part] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    return true;
  };
  process.chdir(cwd);
  [process.stdout.write, process.stderr.write] = [hear('out'), hear('err')];
  let usage = 0;
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    usage = error.exitCode === 0 ? 0 : 2;
  } finally {
    [process.stdout.write, process.stderr.write] = [writes.out, writes.err];
    process.chdir(from);
  }
  const code = usage || Number(process.exitCode ?? 0);
  process.exitCode = undefined;
  return { code, ...said };
}

function withoutExit(command: Command): Command {
  command.exitOverride();
  command.commands.forEach(withoutExit);
  return command;
}
