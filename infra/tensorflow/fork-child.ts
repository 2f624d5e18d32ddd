import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compiledTwin } from '../local/compiled-twin.mjs';
import { keepMemory } from './keep-memory.ts';

/** The end of what a child wrote, for the message when it dies. */
const TAIL = 4_000;

export type Child = {
  process: ChildProcess;
  /** The last lines that it wrote to stdout and stderr. */
  tail(): string;
  /** How it ended: `exit code 1`, `signal SIGKILL`. Never rejects. */
  exited: Promise<string>;
};

/**
 * Starts an entry file of this folder as a child process with a message channel. A source runs as its
 * compiled twin, or through tsx, found from this package and not from the working directory. Entry files call `dieWithParent`.
 *
 * @param heapMb bounds its JavaScript heap; V8's own default otherwise
 */
export function forkChild(
  name: 'trainer-child' | 'predictor-child',
  { heapMb }: { heapMb?: number } = {},
): Child {
  const isSource = import.meta.url.endsWith('.ts');
  const entry =
    compiledTwin(`infra/tensorflow/${name}.ts`) ??
    fileURLToPath(new URL(`${name}.${isSource ? 'ts' : 'js'}`, import.meta.url));
  const tsx = () => pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const child = fork(entry, [], {
    execPath: process.execPath,
    // Not the parent's: an inspector's port or a test runner's loader must not be inherited.
    execArgv: [
      ...(heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`]),
      ...(entry.endsWith('.ts') ? ['--import', tsx()] : []),
    ],
    env: name === 'trainer-child' ? { ...process.env, ...keepMemory } : process.env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let tail = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (tail = (tail + chunk.toString()).slice(-TAIL)));
  // A message that meets a dead child fails; whoever waits for its answer learns that from the exit.
  child.on('error', (error) => (tail += `\n${error.message}`));
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
    child.once('error', () => {
      if (child.pid === undefined) resolve('not being startable');
    });
  });
  return { process: child, tail: () => tail.trim(), exited };
}

/** The parent's message channel closes when the parent ends, however it ends; so does the child. */
export function dieWithParent(): void {
  process.once('disconnect', () => process.exit(0));
  // Ctrl-C reaches the whole group; the parent decides what becomes of its children.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
}
