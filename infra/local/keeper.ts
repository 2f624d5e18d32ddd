import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DriftloopError } from '../../domain/errors.ts';
import type { Exit, ProcessSpec, RunningProcess } from './process-spec.ts';

export type { Exit, ProcessSpec, RunningProcess } from './process-spec.ts';

type Event =
  | { event: 'started'; id: number; pid: number }
  | { event: 'failed'; id: number; message: string; code?: string }
  | { event: 'line'; id: number; text: string }
  | { event: 'lock'; id: number; held: boolean }
  | { event: 'exit'; id: number; code: number | null; signal: NodeJS.Signals | null };

type Owned = { pid?: number; hear(event: Event): void };

/** The parent's side of keeper.mjs: one keeper per process of ours, started at the first need. */
class Keeper {
  readonly #owned = new Map<number, Owned>();
  readonly #child: ChildProcess;
  #nextId = 1;
  #awaited = 0;

  constructor(ended: () => void) {
    const script = fileURLToPath(new URL('keeper.mjs', import.meta.url));
    // Detached: a Ctrl-C in the terminal must not reach it, it has to outlive us by a moment.
    this.#child = spawn(process.execPath, [script], {
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {},
    });
    this.#child.stdin?.on('error', () => {});
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      const event = JSON.parse(line) as Event;
      this.#owned.get(event.id)?.hear(event);
    });
    this.#child.once('exit', () => {
      ended();
      this.#loseEverything();
    });
    this.#hold(0);
  }

  /** The keeper itself was killed: nobody is left to own its children, so end them here. */
  #loseEverything(): void {
    for (const [id, owned] of this.#owned) {
      if (owned.pid !== undefined) killGroup(owned.pid);
      owned.hear({ event: 'exit', id, code: null, signal: 'SIGKILL' });
    }
  }

  /** The event loop is kept alive only while somebody waits for an answer. */
  #hold(change: number): void {
    this.#awaited += change;
    const streams = [this.#child.stdin, this.#child.stdout] as unknown as Socket[];
    for (const handle of [this.#child, ...streams]) {
      if (this.#awaited > 0) handle.ref();
      else handle.unref();
    }
  }

  ask(request: Record<string, unknown>): void {
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
  }

  async #awaiting<T>(promise: Promise<T>): Promise<T> {
    this.#hold(1);
    return promise.finally(() => this.#hold(-1));
  }

  lock(name: string): Promise<boolean> {
    const id = this.#nextId++;
    const answer = new Promise<boolean>((resolve) =>
      this.#owned.set(id, {
        hear: (event) => {
          this.#owned.delete(id);
          resolve(event.event === 'lock' && event.held);
        },
      }),
    );
    this.ask({ op: 'lock', id, name });
    return this.#awaiting(answer);
  }

  start(spec: ProcessSpec): Promise<RunningProcess> {
    const id = this.#nextId++;
    let settle!: (exit: Exit) => void;
    const exited = new Promise<Exit>((resolve) => (settle = resolve));
    const started = new Promise<RunningProcess>((resolve, reject) => {
      const owned: Owned = {
        hear: (event) => {
          if (event.event === 'lock') return;
          if (event.event === 'line') return spec.onLine?.(event.text);
          if (event.event === 'started') {
            owned.pid = event.pid;
            return resolve({
              name: spec.name,
              pid: event.pid,
              exited,
              signal: (signal) => this.ask({ op: 'signal', id, signal }),
              stop: () => {
                this.ask({ op: 'stop', id });
                return this.#awaiting(exited);
              },
            });
          }
          this.#owned.delete(id);
          if (event.event === 'failed') reject(cannotStart(spec, event.message));
          const exit =
            event.event === 'exit'
              ? { code: event.code, signal: event.signal }
              : { code: null, signal: null };
          settle(exit);
          spec.onExit?.(exit);
        },
      };
      this.#owned.set(id, owned);
    });
    this.ask({
      op: 'start',
      id,
      command: spec.command,
      args: spec.args ?? [],
      env: { ...process.env, ...spec.env },
      cwd: spec.cwd ?? process.cwd(),
      uid: spec.user?.uid,
      gid: spec.user?.gid,
      logFile: spec.logFile,
      lines: spec.onLine !== undefined,
      stopSignal: spec.stopSignal ?? 'SIGTERM',
      graceMs: spec.graceMs ?? 8000,
    });
    // A build is awaited to its end, so the loop has to stay alive; a service is not.
    if (spec.onLine) void this.#awaiting(exited);
    return this.#awaiting(started);
  }
}

const killGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
};

const cannotStart = (spec: ProcessSpec, why: string): DriftloopError =>
  new DriftloopError(
    'DL_PROCESS_NOT_STARTED',
    `${spec.name} could not be started: ${why} (${spec.command})`,
    {
      fix: `See that ${spec.command} exists and may be executed; \`driftloop doctor\` says what was found where.`,
    },
  );

let keeper: Keeper | undefined;

const theKeeper = (): Keeper => (keeper ??= new Keeper(() => (keeper = undefined)));

/**
 * Start a process that ends when this one ends, even when this one is killed with -9.
 *
 * @throws {DriftloopError} `DL_PROCESS_NOT_STARTED` when the program does not exist or may not be executed.
 */
export const startProcess = (spec: ProcessSpec): Promise<RunningProcess> => theKeeper().start(spec);

/** Remove this folder when this process has ended, after all its children have. */
export const removeWhenWeEnd = (path: string): void => theKeeper().ask({ op: 'remove', path });

/** Take back a `removeWhenWeEnd`. */
export const keepAfterAll = (path: string): void => theKeeper().ask({ op: 'keep', path });

/**
 * Take a lock that lasts until all processes started here have ended, or until `letGo`.
 *
 * @returns whether it was taken; false while somebody else holds it
 */
export const holdWhileWeRun = (name: string): Promise<boolean> => theKeeper().lock(name);

export const letGo = (name: string): void => theKeeper().ask({ op: 'unlock', name });
