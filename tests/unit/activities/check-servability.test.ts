import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createServabilityActivities } from '../../../activities/check-servability.ts';
import { trialServers } from '../../../cli/roles/trial-server.ts';
import { parseConfig } from '../../../domain/config.ts';
import type { Predictor } from '../../../domain/ports.ts';
import type { StoredTestedRow } from '../../../domain/tested-row.ts';
import { fakePredictor } from '../../fakes/predictor.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-servable-'));
  await writeFile(path.join(folder, 'label.txt'), 'B');
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const recorded = (label: string): StoredTestedRow => ({
  part: 'test',
  id: '1',
  seq: 1,
  input: { x: 1 },
  isAsTested: true,
  label: 'B',
  entity: null,
  source: null,
  ours: { label, scores: { [label]: 1 } },
  theirs: { label: 'A', scores: { A: 1 } },
  digest: 'd',
});

/**
 * v2 says B, in the server of production over a predictor that has no network; what the gate was shown, the bounds of
 * the config, and what the process does otherwise.
 */
async function checked(tested: StoredTestedRow[], artifact: object = {}, more: Partial<Predictor> = {}) {
  const [model] = parseConfig({
    models: [
      {
        name: 'm',
        task: { kind: 'classification', labels: ['A', 'B'] },
        input: { x: { kind: 'number' } },
        gate: { artifact },
      },
    ],
  }).models;
  const artifacts = { open: async () => folder };
  const createPredictor = () => ({ ...fakePredictor().predictor, ...more });
  const unused = () => {
    throw new Error('not asked');
  };
  const { checkServability } = createServabilityActivities({
    models: { getPinned: async () => model } as never,
    runs: {
      evaluations: async () => [{ look: 3 }],
      tested: async (_id: string, look: number, limit: { newestKept: number }) =>
        look === 3 && limit.newestKept === 100 ? tested : unused(),
    } as never,
    examples: { labelled: async () => 0, range: async () => [] } as never,
    artifacts: artifacts as never,
    predictor: { load: async () => {}, predict: unused } as never,
    images: { read: unused },
    startServer: trialServers({ artifacts, createPredictor }),
  });
  return checkServability({
    runId: 'r1',
    configDigest: 'c',
    model: 'm',
    challenger: { version: 'v2', digest: 'sha256:d2' },
  });
}

/** Answers that take so many milliseconds of a clock that only they move: the last ones as said, all others `usual`. */
function takingMs(usual: number, ...last: number[]): Partial<Predictor> {
  let [now, asked] = [0, 0];
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  // The first answers are compared, and a hundred more are timed.
  const first = 1 + 100 - last.length;
  return {
    predict: async (_key, rows) => {
      now += last[asked - first] ?? usual;
      asked += 1;
      return rows.map(() => ({ label: 'B', scores: { B: 1 } }));
    },
  };
}

test('a server has to answer what the gate was shown, of which nothing is computed again', async () => {
  expect(await checked([recorded('B'), { ...recorded('A'), input: null }])).toMatchObject({
    isServable: true,
    sentence: expect.stringMatching(
      /answers 1 rows as the gate was shown; 99 of 100 answers take .* 64 MB/,
    ) as string,
    memoryMb: 64,
  });
  expect(await checked([recorded('B'), recorded('A')])).toMatchObject({
    isServable: false,
    code: 'DL_NOT_SERVABLE',
    sentence: 'v2 cannot be served: a server answers 1 of 2 rows otherwise than the gate was shown.',
  });
  const almost = { ...recorded('B'), ours: { label: 'B', scores: { B: 1 - 1e-4 } } };
  expect((await checked([almost])).isServable).toBe(false);
});

test('what a client of the server would not be answered is not served, though the predictor says it', async () => {
  const ours = { label: 'B', scores: { A: 1 } };
  const scoreless: Partial<Predictor> = { predict: async (_key, rows) => rows.map(() => ours) };
  const { isServable, sentence } = await checked([{ ...recorded('B'), ours }], {}, scoreless);
  expect(isServable).toBe(false);
  expect(sentence).toContain(
    'v2 cannot be served: a server refuses what the gate has asked: 500 DL_OUTPUT_INVALID, Version v2 answered',
  );
});

test('rows are asked as a client could send them now: without what the model does not declare, or not at all', async () => {
  const asked: object[] = [];
  const listening: Partial<Predictor> = {
    async predict(_key, rows) {
      asked.push(...rows);
      return rows.map(() => ({ label: 'B', scores: { B: 1 } }));
    },
  };
  const once = { ...recorded('B'), input: { x: 1, gone: 'yes' } };
  const never = { ...recorded('A'), input: { x: 'a word' } };
  expect(await checked([once, never], {}, listening)).toMatchObject({
    isServable: true,
    sentence: expect.stringContaining('answers 1 rows') as string,
  });
  expect(new Set(asked.map((row) => JSON.stringify(row)))).toEqual(new Set(['{"x":1}']));
});

test('a version that is too slow or too large for a server is not asked for an approval', async () => {
  const bounds = { p99MsAtMost: 5, memoryMbAtMost: 50 };
  const tooMuch = await checked([recorded('B')], bounds, takingMs(5.1));
  expect(tooMuch).toEqual({
    isServable: false,
    code: 'DL_NOT_SERVABLE',
    p99Ms: expect.closeTo(5.1) as number,
    memoryMb: 64,
    sentence:
      'v2 cannot be served: the slowest answer of a hundred is 5.10 ms, and may be 5 ms at most; ' +
      'the memory of its process is 64.0 MB, and may be 50 MB at most.',
  });
  const within = await checked([recorded('B')], bounds, { ...takingMs(4.9), memoryMb: () => 49 });
  expect(within).toMatchObject({ isServable: true, p99Ms: expect.closeTo(4.9) as number });
});

test('one row is asked a hundred times, of which one may be slow and two may not', async () => {
  const bound = { p99MsAtMost: 5 };
  expect((await checked([recorded('B')], bound, takingMs(1, 9))).isServable).toBe(true);
  expect((await checked([recorded('B')], bound, takingMs(1, 9, 9))).isServable).toBe(false);
});

test('what cannot be measured or compared is no pass', async () => {
  expect(await checked([recorded('B')], { memoryMbAtMost: 50 }, { memoryMb: () => null })).toMatchObject({
    isServable: false,
    sentence: 'v2 cannot be served: the memory of its process was not measured, and may be 50 MB at most.',
  });
  expect(await checked([], { p99MsAtMost: 5 })).toMatchObject({
    isServable: false,
    code: 'DL_NOT_SERVABLE',
    sentence:
      'v2 cannot be served: no labelled row is left that it could be asked, so that nothing shows what it answers; ' +
      'the slowest answer of a hundred was not measured, and may be 5 ms at most.',
  });
});
