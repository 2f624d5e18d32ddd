import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createServabilityActivities } from '../../../activities/check-servability.ts';
import { parseConfig } from '../../../domain/config.ts';
import type { Predictor } from '../../../domain/ports.ts';
import type { StoredTestedRow } from '../../../domain/tested-row.ts';
import { fakePredictor } from '../../fakes/predictor.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-servable-'));
  await writeFile(path.join(folder, 'label.txt'), 'B');
});
afterEach(() => rm(folder, { recursive: true }));

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

/** v2 says B; what the gate was shown, the bounds of the config, and what the process holds. */
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
  const fresh = { ...fakePredictor().predictor, ...more };
  const unused = () => {
    throw new Error('not asked');
  };
  const { checkServability } = createServabilityActivities({
    models: { getPinned: async () => model } as never,
    runs: { evaluations: async () => [{ look: 3 }], tested: async () => tested } as never,
    examples: { labelled: unused, range: unused } as never,
    artifacts: { open: async () => folder } as never,
    predictor: { load: unused, predict: unused } as never,
    startPredictor: async () => fresh,
  });
  return checkServability({
    runId: 'r1',
    configDigest: 'c',
    model: 'm',
    challenger: { version: 'v2', digest: 'd2' },
  });
}

test('a fresh process has to answer what the gate was shown, of which nothing is computed again', async () => {
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
    sentence: 'v2 cannot be served: a fresh process answers 1 of 2 rows otherwise than the gate was shown.',
  });
  const almost = { ...recorded('B'), ours: { label: 'B', scores: { B: 1 - 1e-4 } } };
  expect((await checked([almost])).isServable).toBe(false);
});

test('a version that is too slow or too large for a server is not asked for an approval', async () => {
  const bounds = { p99MsAtMost: 5, memoryMbAtMost: 50 };
  const slow: Predictor['predict'] = async (_key, rows) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return rows.map(() => ({ label: 'B', scores: { B: 1 } }));
  };
  const { isServable, sentence, code } = await checked([recorded('B')], bounds, { predict: slow });
  expect({ isServable, code }).toEqual({ isServable: false, code: 'DL_NOT_SERVABLE' });
  expect(sentence).toMatch(
    /takes \d.* ms, and may be 5 ms at most; its process holds 64.0 MB, and may be 50 MB/,
  );
  expect(
    (
      await checked([recorded('B')], bounds, {
        memoryMb: () => 49,
        predict: async () => [{ label: 'B', scores: { B: 1 } }],
      })
    ).isServable,
  ).toBe(true);
});
