import { expect, test } from 'vitest';
import { printRollout } from '../../../cli/commands/rollout-views.ts';
import type { RolloutStanding } from '../../../domain/rollout.ts';

const standing = (change: Partial<RolloutStanding> = {}): RolloutStanding => ({
  runId: 'run-1',
  version: 'v2',
  champion: 'v1',
  rollout: { phase: 'canary', step: 0, share: 0.1, errors: 0, ready: 1, hold: null },
  since: '2026-01-05T10:00:00.000Z',
  seen: null,
  ...change,
});

test('a rollout says its phase, what holds it, and what each check of its newest look says', () => {
  expect(printRollout(standing())).toBe(
    'v2 answers 10 % of the requests. The champion is v1. Since 2026-01-05T10:00:00.000Z.\nNothing has been looked at yet.',
  );
  const text = printRollout(
    standing({
      rollout: { phase: 'bake', errors: 0, ready: 1, hold: { for: 'person', sentence: 'anna paused it.' } },
      seen: {
        at: '2026-01-05T10:01:00.000Z',
        judgement: { kind: 'inconclusive', sentence: '40 labels are missing.' },
        checks: [
          { check: 'quality', kind: 'inconclusive', sentence: '40 labels are missing.' },
          { check: 'refunds', kind: 'failed', sentence: 'refunds is 1.', dryRun: true },
        ],
      },
    }),
  );
  expect(text).toContain('Held: anna paused it.');
  expect(text).toContain('2026-01-05T10:01:00.000Z: inconclusive.');
  expect(text).toMatch(/quality +inconclusive +40 labels are missing\./);
  expect(text).toMatch(/refunds +failed \(decides nothing\) +refunds is 1\./);
});

test('a look that could read nothing says why', () => {
  const seen = {
    at: '2026-01-05T10:01:00.000Z',
    judgement: { kind: 'error', sentence: 'No answer.' },
    checks: [],
  } as const;
  expect(printRollout(standing({ seen }))).toContain('error. No answer.');
});
