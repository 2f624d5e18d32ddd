import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Trainer, TrainingJob } from '../../domain/ports.ts';
import type { EpochScore, TrainingProgress } from '../../domain/run.ts';
import { isAlive } from './is-alive.ts';

/** What a trainer is tried with; `onProcess` hears of each process that trains. */
export type TrainerCase = {
  create(onProcess: (pid: number) => void): Trainer;
  /** A job in this folder that takes a moment, with an artifact at the end. */
  short(folder: string): Promise<TrainingJob>;
  /** One that would take hours. */
  endless(folder: string): Promise<TrainingJob>;
  /** The code of the error where its process is killed. */
  crash: string;
};

/** Starts a training and keeps what it says. */
export function startTraining({ create }: Pick<TrainerCase, 'create'>, job: TrainingJob) {
  const pids: number[] = [];
  const seen: TrainingProgress[] = [];
  const curve: EpochScore[] = [];
  const stop = new AbortController();
  const done = create((pid) => pids.push(pid)).fineTune(job, {
    onProgress: (progress) => seen.push(progress),
    onEpoch: (score) => curve.push(score),
    signal: stop.signal,
  });
  done.catch(() => {});
  const underWay = () =>
    expect.poll(() => seen.some(({ step }) => step > 0), { timeout: 30_000, interval: 20 }).toBe(true);
  return { done, pids, seen, curve, stop, underWay };
}

/** The promises of the `Trainer` port, whoever trains. */
export function keepsTheTrainerContract(name: string, given: TrainerCase): void {
  describe(`${name} keeps the contract of a trainer`, () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'driftloop-trainer-'));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    test('it says how it goes and how it went, and its process ends', async () => {
      const { done, pids, seen, curve } = startTraining(given, await given.short(folder));
      const report = await done;
      expect(report.steps).toBeGreaterThan(0);
      expect(report.seconds).toBeGreaterThan(0);
      expect(report.peakMemoryMb).toBeGreaterThan(20);
      expect(curve).toHaveLength(report.epochs);
      expect(curve.at(-1)).toMatchObject({ epoch: report.epochs, step: report.steps });
      expect(seen.at(-1)).toMatchObject({ backend: report.backend, step: report.steps });
      expect(pids).toHaveLength(1);
      expect(isAlive(pids[0]!)).toBe(false);
    });

    test('cancelled, it has ended within a second', async () => {
      const { done, pids, stop, underWay } = startTraining(given, await given.endless(folder));
      await underWay();
      const cancelledAt = performance.now();
      stop.abort(new Error('no longer wanted'));
      await expect(done).rejects.toThrow('no longer wanted');
      expect(performance.now() - cancelledAt).toBeLessThan(1000);
      expect(isAlive(pids[0]!)).toBe(false);
    });

    test('cancelled before it began, it starts nothing', async () => {
      const pids: number[] = [];
      const trainer = given.create((pid) => pids.push(pid));
      const signal = AbortSignal.abort(new Error('too late'));
      const job = await given.endless(folder);
      await expect(trainer.fineTune(job, { onProgress: () => {}, signal })).rejects.toThrow('too late');
      expect(pids).toEqual([]);
    });

    test('killed, it is an error that is worth another try', async () => {
      const { done, pids, underWay } = startTraining(given, await given.endless(folder));
      await underWay();
      process.kill(pids[0]!, 'SIGKILL');
      await expect(done).rejects.toMatchObject({
        code: given.crash,
        retryable: true,
        message: expect.stringContaining('SIGKILL') as string,
      });
    });

    test('it says something every second, so that a watcher can take it as a heartbeat', async () => {
      const { done, seen, stop, underWay } = startTraining(given, await given.endless(folder));
      await underWay();
      const before = seen.length;
      await new Promise((resolve) => setTimeout(resolve, 2500));
      expect(seen.length).toBeGreaterThanOrEqual(before + 2);
      stop.abort();
      await expect(done).rejects.toThrow('aborted');
    });
  });
}
