/** How a process ended: an exit code, or the signal that ended it. */
export type Exit = { code: number | null; signal: NodeJS.Signals | null };

/** For people: the signal, or the exit code. */
export const howEnded = ({ code, signal }: Exit): string => signal ?? `exit code ${code}`;

/** A process that ends when ours does, however ours ends. */
export type ProcessSpec = {
  /** What it is called in messages. */
  name: string;
  command: string;
  args?: readonly string[];
  /** Added to this process' environment. An `undefined` value takes a variable away. */
  env?: Readonly<Record<string, string | undefined>>;
  cwd?: string;
  /** The user to run as, where this process is root and the program refuses to be. */
  user?: { uid: number; gid: number };
  /** Output is appended here. Without a file and without `onLine` it is dropped. */
  logFile?: string;
  onLine?: (text: string) => void;
  onExit?: (exit: Exit) => void;
  /** The polite signal. Default SIGTERM. */
  stopSignal?: NodeJS.Signals;
  /** How long `stop()` waits, in milliseconds, before the whole group is killed. Default 8,000. */
  graceMs?: number;
};

export type RunningProcess = {
  name: string;
  pid: number;
  /** Settles when the process has ended, with how. Never rejects. */
  exited: Promise<Exit>;
  /** Send a signal to it, for example SIGHUP to reload. */
  signal(signal: NodeJS.Signals): void;
  /** Ask it to end, kill it after its grace. Safe to call twice; answers when it is gone. */
  stop(): Promise<Exit>;
};
