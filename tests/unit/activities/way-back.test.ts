import { expect, onTestFinished, test } from 'vitest';
import type { RecordedAnswer } from '../../../domain/ports.ts';
import type { Version } from '../../../domain/version.ts';
import { findWayBack, proveWayBack, sayProof } from '../../../activities/way-back.ts';
import { fakePredictor } from '../../fakes/predictor.ts';
import { meterConfig, servingWorld } from '../../fakes/serving-world.ts';

const target: Version = {
  model: 'meter',
  version: 'v1',
  number: 1,
  digest: 'sha256:v1',
  role: 'retired',
  parent: null,
  runId: null,
  snapshotId: null,
  createdAt: '2025-01-01T00:00:00.000Z',
  promotedAt: '2025-01-02T00:00:00.000Z',
  accuracyOnTest: null,
  referenceErrorRate: null,
  trainSeconds: null,
};
const answers = (label: string, rows: number): RecordedAnswer[] =>
  Array.from({ length: rows }, (_, price) => ({ input: { price }, label }));

/** v1 says "v1" to every row; this is what it is said to have answered before. */
async function wayBack(recorded: readonly RecordedAnswer[], recentRows = 2) {
  const world = await servingWorld();
  onTestFinished(world.close);
  const { predictor, failing, spoilt, calls } = fakePredictor();
  const examples = {
    recentInputs: async () => Array.from({ length: recentRows }, () => ({ price: 1 })),
    recordedAnswers: async () => [...recorded],
  };
  const prove = () =>
    proveWayBack({ examples, artifacts: world.artifacts, predictor }, { config: meterConfig(), target });
  return { world, prove, failing, spoilt, calls };
}

test('a version that answers as it did when it served is a way back, and what it was asked is said', async () => {
  const { prove, calls } = await wayBack([...answers('v1', 39), ...answers('other', 1)]);
  const proof = await prove();
  expect(proof).toMatchObject({ recent: 2, recorded: 40, differing: 1 });
  expect(calls).toEqual([{ key: 'sha256:v1', rows: 42 }]);
  expect(sayProof({ ...proof, loadSeconds: 0.5, answerSeconds: 0.1 })).toBe(
    'It loads in 0.5 s and answers 2 recent rows and 39 of 40 as it did when it served in 0.1 s.',
  );
});

test('one that answers otherwise than it did, or with no numbers, is none', async () => {
  const otherwise = await wayBack([...answers('v1', 30), ...answers('other', 10)]);
  await expect(otherwise.prove()).rejects.toMatchObject({
    code: 'DL_WAY_BACK_BROKEN',
    message:
      'v1 of meter cannot take over: it answers 10 of 40 rows otherwise than it did. Nothing was moved.',
  });
  const none = await wayBack([]);
  none.spoilt.add('v1');
  await expect(none.prove()).rejects.toMatchObject({ code: 'DL_WAY_BACK_BROKEN' });
});

test('one that does not load is none, and says why', async () => {
  const { world, prove } = await wayBack([]);
  world.broken.add('v1');
  await expect(prove()).rejects.toMatchObject({ code: 'DL_ARTIFACT_CORRUPT' });
});

test('the way back leads to the last champion that served healthily, and never to one that did not serve', async () => {
  const stores = (previous: string | null, promotedAt: string | null = target.promotedAt) =>
    ({
      models: { get: async () => ({ config: meterConfig() }) },
      routes: { previousChampion: async () => previous },
      versions: { get: async (_: string, version: string) => ({ ...target, version, promotedAt }) },
    }) as unknown as Parameters<typeof findWayBack>[0];
  expect((await findWayBack(stores('v3'), 'meter')).target.version).toBe('v3');
  expect((await findWayBack(stores('v3'), 'meter', 'v2')).target.version).toBe('v2');
  await expect(findWayBack(stores(null), 'meter')).rejects.toMatchObject({ code: 'DL_NO_EARLIER_CHAMPION' });
  await expect(findWayBack(stores('v3', null), 'meter')).rejects.toMatchObject({
    code: 'DL_VERSION_NEVER_SERVED',
  });
});
