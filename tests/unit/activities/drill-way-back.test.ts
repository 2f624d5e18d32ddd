import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, onTestFinished, test } from 'vitest';
import { createDrillActivities } from '../../../activities/drill-way-back.ts';
import type { NewAuditEntry } from '../../../domain/audit.ts';
import { DriftloopError } from '../../../domain/errors.ts';
import type { ModelStore, RouteStore, VersionStore } from '../../../domain/ports.ts';
import { fakePredictor } from '../../fakes/predictor.ts';
import { meterConfig, servingWorld } from '../../fakes/serving-world.ts';

/** A drill on schedule of a model whose way back leads to v1, or to what is said here. */
async function drilled({
  previous = 'v1',
  isSpoilt = false,
  away = false,
}: { previous?: string | null; isSpoilt?: boolean; away?: boolean } = {}) {
  const world = await servingWorld();
  onTestFinished(world.close);
  const { predictor, spoilt } = fakePredictor();
  if (isSpoilt) spoilt.add('v1');
  const written: NewAuditEntry[] = [];
  let lent = 0;
  const { drillRollback } = createDrillActivities({
    models: { get: async () => ({ config: meterConfig() }) } as unknown as ModelStore,
    routes: {
      previousChampion: async () => {
        if (away)
          throw new DriftloopError('DL_POSTGRES_UNREACHABLE', 'Away.', { fix: 'Wait.', retryable: true });
        return previous;
      },
    } as unknown as RouteStore,
    versions: {
      get: async () => ({
        model: 'meter',
        version: 'v1',
        digest: 'sha256:v1',
        promotedAt: '2026-01-01T00:00:00.000Z',
      }),
    } as unknown as VersionStore,
    examples: {
      recentInputs: async () => [{ price: 1 }],
      recordedAnswers: async () => [],
    } as never,
    artifacts: world.artifacts,
    audit: { append: async (entry) => void written.push(entry) },
    async withPredictor(use) {
      lent += 1;
      return await use(predictor);
    },
  });
  const ended = await new MockActivityEnvironment()
    .run(drillRollback, { model: 'meter' })
    .catch((e: unknown) => e);
  return { ended, written, lent };
}

test('a drill on schedule says how long the way back takes, in a fresh process, and the audit log keeps it', async () => {
  const { ended, written, lent } = await drilled();
  expect(ended).toMatchObject({ isOpen: true, target: 'v1' });
  expect(lent).toBe(1);
  expect(written).toMatchObject([
    {
      action: 'rollback drill',
      by: 'driftloop',
      because: 'on schedule',
      model: 'meter',
      subject: 'v1',
      details: { recent: 1, recorded: 0, seconds: expect.any(Number) as number },
    },
  ]);
});

test.each([
  ['there is nowhere to go back to', { previous: null }, 'DL_NO_EARLIER_CHAMPION'],
  ['the earlier version gives no answer', { isSpoilt: true }, 'DL_WAY_BACK_BROKEN'],
])('where %s the way is closed, and that is written down', async (_, scene, code) => {
  const { ended, written } = await drilled(scene);
  expect(ended).toMatchObject({ isOpen: false, code });
  expect(written).toMatchObject([{ action: 'rollback drill', refused: code }]);
});

test('what may be over in a moment is tried again by the workflow', async () => {
  const { ended } = await drilled({ away: true });
  expect(ended).toMatchObject({ code: 'DL_POSTGRES_UNREACHABLE' });
});
