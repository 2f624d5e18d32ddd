import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Predictor } from '../../domain/ports.ts';
import { createChildPredictor } from '../../infra/tensorflow/child-predictor.ts';
import { readArtifact, trainedOf } from '../../training/artifact.ts';
import { runTrainingJob } from '../../training/run-training-job.ts';
import { predictTabular } from '../../training/tabular/predict-tabular.ts';
import { keepsThePredictorContract } from '../support/predictor-contract.ts';
import { planJob, plans, planRows } from '../support/training-files.ts';
import type { Output } from '../../domain/task.ts';
import { labelOfAnswer } from '../support/label-of.ts';

let folder: string;
/** Two versions with opposite thresholds: an answer under the wrong key would show. */
let early: string;
let late: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-predictor-'));
  [early, late] = [path.join(folder, 'early'), path.join(folder, 'late')];
  for (const [outFolder, limit] of [
    [early, 15],
    [late, 45],
  ] as const)
    await runTrainingJob({ ...(await planJob(folder, { limit })), outFolder }, { onProgress: () => {} });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const rows = planRows(50, 7).map(({ input }) => input);
const between = [{ tenure: 30, plan: 'free' }];
const nextTick = () => new Promise((resolve) => setTimeout(resolve, 5));

const open: Predictor[] = [];
afterEach(async () => {
  for (const predictor of open.splice(0)) await predictor.close();
});
function start(options: Parameters<typeof createChildPredictor>[0] = {}) {
  const pids: number[] = [];
  const predictor = createChildPredictor({ ...options, onChild: (pid) => pids.push(pid) });
  open.push(predictor);
  return { predictor, pids };
}

const contractCase = (options: Parameters<typeof createChildPredictor>[0]) => () =>
  Promise.resolve({
    predictor: createChildPredictor(options),
    artifacts: [early, late] as const,
    noArtifact: folder,
    rows,
    labels: plans.task.labels,
    close: async () => {},
  });
keepsThePredictorContract('a child process', contractCase({}));

describe('a predictor in a child process', () => {
  test('answers as the training process would, from either engine, and says which answers', async () => {
    const expected = predictTabular(trainedOf(await readArtifact(early)), rows);
    for (const [tensorflowFrom, backend] of [
      [Infinity, /^javascript$/],
      [1, /^(tensorflow-cpu|tensorflow-gpu|javascript)$/],
    ] as const) {
      const { predictor } = start({ tensorflowFrom });
      await predictor.load('v1', early);
      expect(predictor.backend).toMatch(backend);
      const outputs = await predictor.predict('v1', rows);
      for (const [i, output] of outputs.entries()) {
        expect(labelOfAnswer(output)).toBe(expected[i]!.label);
        const { scores } = output as Output;
        expect(scores['stay']).toBeCloseTo(expected[i]!.scores['stay']!, 5);
      }
    }
  });

  test('answers every request once, and rightly, while its child is killed under load', async () => {
    const { predictor, pids } = start();
    await predictor.load('early', early);
    await predictor.load('late', late);
    const asked: Promise<[string, string | undefined]>[] = [];
    for (let i = 0; i < 300; i += 1) {
      const key = i % 2 === 0 ? 'early' : 'late';
      asked.push(predictor.predict(key, between).then((outputs) => [key, labelOfAnswer(outputs[0])]));
      if (i === 100 || i === 200) process.kill(pids.at(-1)!, 'SIGKILL');
      if (i % 5 === 0) await nextTick();
    }
    const answers = await Promise.all(asked);
    expect(answers.filter(([key, label]) => label !== (key === 'early' ? 'stay' : 'leave'))).toEqual([]);
    expect(new Set(pids).size).toBeGreaterThanOrEqual(2);
  });

  test('a fresh child takes over after so many requests, and none fails', async () => {
    const { predictor, pids } = start({ recycleAfter: 100 });
    await predictor.load('early', early);
    const labels: (string | undefined)[] = [];
    for (let i = 0; i < 30; i += 1) {
      const outputs = await Promise.all(
        Array.from({ length: 10 }, () => predictor.predict('early', between)),
      );
      labels.push(...outputs.map(([output]) => labelOfAnswer(output)));
    }
    expect(labels).toHaveLength(300);
    expect(new Set(labels)).toEqual(new Set(['stay']));
    expect(new Set(pids).size).toBeGreaterThanOrEqual(3);
    const goneYet = () => pids.slice(0, -1).filter(isAlive);
    await expect.poll(goneYet, { timeout: 5000 }).toEqual([]);
  });

  test('a version that is loading while a fresh child takes over is loaded in that one, too', async () => {
    const { predictor, pids } = start({ recycleAfter: 1 });
    await predictor.load('early', early);
    const loading = predictor.load('late', late);
    await predictor.predict('early', between);
    await loading;
    const labels = [];
    for (let i = 0; i < 3; i += 1) labels.push(labelOfAnswer((await predictor.predict('late', between))[0]));
    expect(labels).toEqual(['leave', 'leave', 'leave']);
    expect(new Set(pids).size).toBeGreaterThanOrEqual(3);
  });

  test('versions come and go while others answer', async () => {
    const { predictor } = start();
    await predictor.load('late', late);
    const done = new AbortController();
    const answering = (async () => {
      const labels = new Set<string | undefined>();
      while (!done.signal.aborted) labels.add(labelOfAnswer((await predictor.predict('late', between))[0]));
      return labels;
    })();
    for (let i = 0; i < 10; i += 1) {
      await predictor.load(`early-${i}`, early);
      expect(labelOfAnswer((await predictor.predict(`early-${i}`, between))[0])).toBe('stay');
      await predictor.unload(`early-${i}`);
    }
    done.abort();
    expect(await answering).toEqual(new Set(['leave']));
    expect(predictor.loaded()).toEqual(['late']);
  });

  test('after it is closed no process is left, and requests are refused with a code', async () => {
    const { predictor, pids } = start();
    await predictor.load('early', early);
    await predictor.close();
    expect(pids.filter(isAlive)).toEqual([]);
    await expect(predictor.predict('early', between)).rejects.toMatchObject({ code: 'DL_PREDICTOR_CLOSED' });
  });
});

test('children end with their parent, even when it is killed in the middle of a training', async () => {
  const parent = fileURLToPath(new URL('../support/predictor-parent.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', parent, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  await expect.poll(() => lines.includes('training'), { timeout: 30_000 }).toBe(true);
  const pids = lines.filter((line) => line !== 'training').map(Number);
  expect(pids).toHaveLength(2);
  expect(pids.filter(isAlive)).toEqual(pids);
  child.kill('SIGKILL');
  await expect.poll(() => pids.filter(isAlive), { timeout: 2_000 }).toEqual([]);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
