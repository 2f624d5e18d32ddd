import { fork } from 'node:child_process';
import type { Socket } from 'node:net';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DriftloopError } from '../../domain/errors.ts';
import type { TraceContext } from '../../domain/tracing.ts';

/** The end of what a program wrote to stderr, for the message when it fails. */
const TAIL = 4_000;

export type Ending = { code: number | null; signal: string | null };

export type Program = {
  pid: number;
  /** Writes a line to its stdin. */
  send(line: string): void;
  /** Asks it and all that it has started to end; what has not when the grace is over is killed. */
  stop(): void;
  /** While it is not held, it does not keep this process alive. It is held at its start. */
  hold(isHeld: boolean): void;
  /** Never rejects. All that it wrote has been heard by then. */
  ended: Promise<Ending>;
  /** The last lines that it wrote to stderr. */
  complaints(): string;
};

type Message = { started: number } | { refused: string; code?: string } | { ended: Ending };

type Start = {
  graceMs: number;
  /** Told each line of its stdout. */
  onLine: (line: string) => void;
  /** What it is a part of: TRACEPARENT, as programs hand it to each other. */
  trace?: TraceContext;
};

/**
 * Starts a program in this working directory. It ends when this process ends, however that ends.
 *
 * @throws {DriftloopError} `DL_PROGRAM_NOT_FOUND`
 */
export async function startProgram(
  [command, ...args]: readonly string[],
  { graceMs, onLine, trace }: Start,
): Promise<Program> {
  const script = fileURLToPath(new URL('keep-program.mjs', import.meta.url));
  const keeper = fork(script, [String(graceMs), command!, ...args], {
    // Not the parent's: an inspector's port or a test runner's loader must not be inherited.
    execArgv: [],
    env: { ...programEnvironment(process.env), ...traceVariables(trace) },
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
  });
  let tail = '';
  keeper.stderr!.on('data', (chunk: Buffer) => (tail = (tail + chunk.toString()).slice(-TAIL)));
  // Whoever writes to a program that is gone learns that from its end.
  keeper.stdin!.on('error', () => {});
  keeper.on('error', (error) => (tail += `\n${error.message}`));
  createInterface({ input: keeper.stdout!, crlfDelay: Infinity }).on('line', onLine);

  let ending: Ending = { code: null, signal: 'SIGKILL' };
  let pid: number | null = null;
  const started = new Promise<number>((resolve, reject) => {
    keeper.on('message', (value) => {
      const message = value as Message;
      if ('started' in message) resolve((pid = message.started));
      else if ('refused' in message) reject(notFound(command!, message));
      else ending = message.ended;
    });
    keeper.once('exit', () => reject(notFound(command!, { refused: 'it ended before it had begun' })));
  });
  const ended = new Promise<Ending>((resolve) => {
    // Its pipes are read to their ends before `close`.
    keeper.once('close', () => resolve(ending));
  });
  // The keeper was killed: nobody else is left to end its program.
  keeper.once('exit', (_, signal) => {
    if (signal !== null && pid !== null) killGroup(pid);
  });
  return {
    pid: await started,
    send: (line) => void keeper.stdin!.write(`${line}\n`),
    stop() {
      // Not `disconnect`: after that there would be no `close`.
      if (keeper.connected) keeper.send('stop');
    },
    hold(isHeld) {
      const streams = [keeper.stdin, keeper.stdout, keeper.stderr] as unknown as Socket[];
      for (const handle of [keeper, keeper.channel, ...streams])
        if (isHeld) handle?.ref();
        else handle?.unref();
    },
    ended,
    complaints: () => tail.trim(),
  };
}

/** How a program ended, as a message says it. */
export const sayEnding = ({ code, signal }: Ending): string =>
  signal === null ? `exit code ${code}` : `signal ${signal}`;

/** The end of what it complained of, on one line. */
export const lastWords = (complaints: string): string =>
  complaints === '' ? '' : ` It last said: ${complaints.split('\n').slice(-5).join(' | ')}`;

/** Its own keys and switches, and none of Driftloop's secrets; Python's lines come when they are printed. */
const programEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  PYTHONUNBUFFERED: '1',
  ...Object.fromEntries(
    Object.entries(env).filter(([name]) => name !== 'DATABASE_URL' && !name.startsWith('DRIFTLOOP_')),
  ),
});

/** The caller's own context, which this process may have, is not the program's. */
const traceVariables = (trace: TraceContext | undefined): NodeJS.ProcessEnv =>
  trace === undefined ? {} : { TRACEPARENT: trace.traceparent, TRACESTATE: trace.tracestate ?? '' };

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}

const notFound = (command: string, { refused, code }: { refused: string; code?: string }) =>
  new DriftloopError(
    'DL_PROGRAM_NOT_FOUND',
    code === 'ENOENT'
      ? `The program "${command}" is not there: neither on PATH nor, where it is a path, below ${process.cwd()}.`
      : `The program "${command}" could not be started: ${refused}.`,
    { fix: 'Install it where models are trained and scored, or correct trainer.command in the config.' },
  );
