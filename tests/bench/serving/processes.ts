import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoadPlan, LoadReport } from '../../support/load.ts';

/** A process of this bench that is sent messages and answers each with `{ value }` or `{ error }`. */
export type Answering<M> = { ask<A>(message: M): Promise<A>; end(): void };

const start = (name: string): ChildProcess =>
  fork(fileURLToPath(new URL(`${name}.ts`, import.meta.url)), [], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });

/** One question at a time. */
const answerOf = (child: ChildProcess) =>
  new Promise<unknown>((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`the process ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (answer) => {
      child.off('exit', ended);
      resolve(answer);
    });
  });

export function startAnswering<M extends object>(name: 'ours-process' | 'bare-process'): Answering<M> {
  const child = start(name);
  return {
    async ask<A>(message: M) {
      const answer = answerOf(child);
      child.send(message);
      const { value, error } = (await answer) as { value: A; error?: string };
      if (error !== undefined) throw new Error(error);
      return value;
    },
    end: () => child.disconnect(),
  };
}

/** Asks a server from a process of its own. */
export function startLoad() {
  const child = start('load-process');
  return {
    async run(plan: LoadPlan): Promise<LoadReport> {
      const report = answerOf(child);
      child.send(plan);
      return (await report) as LoadReport;
    },
    /** The load that runs ends early, with its report. */
    stop: () => void child.send('stop'),
    end: () => child.disconnect(),
  };
}
