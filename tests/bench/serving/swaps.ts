import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { Held } from '../../../infra/tensorflow/child-messages.ts';
import { REAL_SERVER_TOKEN } from '../../support/real-server.ts';
import { between } from '../../support/two-versions.ts';
import type { LoadPlan, LoadReport } from '../../support/load.ts';
import type { ToOurs } from './ours-process.ts';
import { startAnswering, startLoad } from './processes.ts';
import type { Versions } from './versions.ts';

export type SwapOptions = { underLoad: number; quiet: number; connections: number; steadySeconds: number };

export type Swaps = {
  requests: number;
  failed: number;
  wrongVersion: number;
  swaps: number;
  swapMs: number;
  /** Medians over turns: without swaps, with one now and then, with one right after the other. */
  p99Ms: { steady: number; swapping: number; swappingWithoutPause: number };
  p99Ratio: number;
  p99RatioWithoutPause: number;
  /** After the last swap, over those before the first. */
  tensorsLeft: number;
  memorySlopeMbPerSwap: number;
};

/** Before so many swaps it is measured again how quick the server is without them. */
const IN_A_ROW = 10;
/** From one swap to the next, at least: thousands of requests lie between, and still no team swaps as often. */
const PAUSE_MS = 300;
/** More than any swapping takes: the load is stopped when it is done. */
const LONG = 3_600;

/**
 * One version after another takes over: while requests come and are checked, with a pause between swaps and without,
 * then with nobody asking.
 */
export async function measureSwaps(
  { store, refOf }: Versions,
  { underLoad, quiet, connections, steadySeconds }: SwapOptions,
  say: (line: string) => void,
): Promise<Swaps> {
  const ours = startAnswering<ToOurs>('ours-process');
  const load = startLoad();
  try {
    const { port } = await ours.ask<{ port: number }>({ kind: 'start', store, champion: refOf(1) });
    const plan: LoadPlan = {
      port,
      path: '/v1/models/plans:predict',
      body: JSON.stringify({ instances: [between] }),
      token: REAL_SERVER_TOKEN,
      connections,
      warmSeconds: 0,
      seconds: steadySeconds,
      checksVersions: true,
    };
    const held = async () => (await ours.ask<Record<string, Held>>({ kind: 'held' }))['tensorflow']!;
    let version = 1;
    const swap = () => ours.ask({ kind: 'swap', champion: refOf((version += 1)) });

    await load.run(plan);
    // The two versions have as many tensors each, and there is one of them at a time.
    const base = await held();
    const reports = {
      steady: [] as LoadReport[],
      swapping: [] as LoadReport[],
      withoutPause: [] as LoadReport[],
    };
    const swapMs: number[] = [];
    const swapBesideLoad = async (swaps: number, pauseMs: number): Promise<LoadReport> => {
      const beside = load.run({ ...plan, seconds: LONG });
      for (let n = 0; n < swaps; n += 1) {
        const began = performance.now();
        await swap();
        swapMs.push(performance.now() - began);
        await pause(Math.max(0, began + pauseMs - performance.now()));
      }
      load.stop();
      return beside;
    };
    for (let done = 0; done < underLoad; done += IN_A_ROW) {
      const swaps = Math.min(IN_A_ROW, underLoad - done);
      reports.steady.push(await load.run(plan));
      reports.swapping.push(await swapBesideLoad(swaps, PAUSE_MS));
      reports.withoutPause.push(await swapBesideLoad(swaps, 0));
      const [steady, swapping, withoutPause] = Object.values(reports).map((of) =>
        of.at(-1)!.p99Ms.toFixed(1),
      );
      say(
        `${version - 1} swaps: p99 ${steady} ms before, ${swapping} ms with one each ${PAUSE_MS} ms, ${withoutPause} ms without pause`,
      );
    }

    const memory: number[] = [];
    for (let n = 0; n < quiet; n += 1) {
      await swap();
      memory.push((await held()).memoryMb);
    }
    const after = await held();
    const sum = (key: 'answered' | 'failed' | 'wrongVersion') =>
      Object.values(reports)
        .flat()
        .reduce((total, report) => total + report[key], 0);
    const [before, during, withoutPause] = [reports.steady, reports.swapping, reports.withoutPause].map(
      middleP99,
    ) as [number, number, number];
    return {
      requests: sum('answered'),
      failed: sum('failed'),
      wrongVersion: sum('wrongVersion'),
      swaps: version - 1,
      swapMs: round2(swapMs.reduce((a, b) => a + b) / swapMs.length),
      p99Ms: {
        steady: round2(before),
        swapping: round2(during),
        swappingWithoutPause: round2(withoutPause),
      },
      p99Ratio: round2(during / before),
      p99RatioWithoutPause: round2(withoutPause / before),
      tensorsLeft: after.tensors - base.tensors,
      memorySlopeMbPerSwap: round2(slopeOf(memory)),
    };
  } finally {
    ours.end();
    load.end();
  }
}

const middleP99 = (reports: readonly LoadReport[]): number =>
  reports.map(({ p99Ms }) => p99Ms).toSorted((a, b) => a - b)[reports.length >> 1]!;

const round2 = (value: number) => Math.round(value * 100) / 100;

/** Of the line through equally spaced values with the least squares, a step. */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const squares = values.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  return values.reduce((sum, value, i) => sum + (i - middle) * value, 0) / squares;
}
