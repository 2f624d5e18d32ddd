import { createRequire } from 'node:module';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DriftloopError } from '../../../domain/errors.ts';
import { startProgram } from '../../../infra/command/program.ts';
import { keepMemory } from '../../../infra/tensorflow/keep-memory.ts';
import { pythonWithPeers } from './peers.ts';

/** Of one step, in milliseconds: by the clock, and of all processors together. */
export type Spent = { ms: number; cpuMs: number };

/** A process that trains; the time of a step is taken in it. */
export type Arm = {
  measure(which: string, steps: number): Promise<Spent>;
  close(): Promise<void>;
};

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** Driftloop's own, with the variables that a training's process gets. */
export const startOurs = (): Promise<Arm> =>
  start('Driftloop', [
    'env',
    ...Object.entries(keepMemory).map(([name, value]) => `${name}=${value}`),
    process.execPath,
    '--import',
    pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href,
    here('ours-arm.ts'),
  ]);

export const startPeer = async (name: 'keras' | 'torch', say: (message: string) => void): Promise<Arm> =>
  start(name, [...(await pythonWithPeers(say)), here(`${name}_arm.py`)]);

async function start(name: string, command: readonly string[]): Promise<Arm> {
  let hear: (line: unknown) => void = () => {};
  const next = () => new Promise<unknown>((resolve) => (hear = resolve));
  const ready = next();
  const program = await startProgram(command, {
    graceMs: 2_000,
    onLine(line) {
      // Libraries have words of their own for stdout.
      if (line.startsWith('{')) hear(JSON.parse(line));
    },
  });
  const orEnded = <T>(answer: Promise<T>): Promise<T> =>
    Promise.race([
      answer,
      program.ended.then(() => {
        throw new DriftloopError('DL_BENCH_FAILED', `The arm of ${name} ended: ${program.complaints()}`, {
          fix: 'See what it says; the peers lie in the cache under training-peers.',
        });
      }),
    ]);
  await orEnded(ready);
  return {
    async measure(which, steps) {
      const answer = next();
      program.send(JSON.stringify({ case: which, steps }));
      return (await orEnded(answer)) as Spent;
    },
    async close() {
      program.stop();
      await program.ended;
    },
  };
}
