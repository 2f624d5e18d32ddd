import { expect, test } from 'vitest';
import { createStoryActivities } from '../../../activities/run-story.ts';
import { showStory } from '../../../cli/commands/run-views.ts';
import type { RunEvent } from '../../../domain/ports.ts';

const why: RunEvent = {
  key: 'run-1',
  phase: 'triage',
  sentence: 'v1 got worse.',
  data: { trigger: 'regret' },
};
const next: RunEvent = {
  key: 'run-2',
  phase: 'snapshot',
  sentence: 'Learns from 212 rows.',
  data: { rows: 212 },
};

/** Tells a story by the activity; returns what was kept of it. */
async function told(traceId?: () => string | null): Promise<RunEvent[]> {
  const kept: RunEvent[] = [];
  const runs = { note: async (_: string, event: RunEvent) => void kept.push(event), update: async () => {} };
  const { tell } = createStoryActivities({ runs } as never, traceId);
  for (const event of [why, next]) await tell({ runId: 'run-1', event });
  return kept;
}
const shown = async (story: RunEvent[]) => {
  const run = {
    id: 'run-1',
    model: 'meter',
    trigger: { reason: 'regret' },
    phase: 'snapshot',
    outcome: null,
    triage: null,
  };
  const get = async () => ({
    ...run,
    story: story.map((event) => ({ ...event, at: '2026-01-05T10:00:00.000Z' })),
  });
  return (await showStory({ run: { get } } as never, 'run-1')).text.split('\n');
};

test('the line that says why a run began says where its trace is, and `run show` does', async () => {
  const story = await told(() => 'a'.repeat(32));
  expect(story).toEqual([{ ...why, data: { trigger: 'regret', trace: 'a'.repeat(32) } }, next]);
  expect(await shown(story)).toContain(`Trace: ${'a'.repeat(32)}`);
});

test('without traces a story is what it was', async () => {
  const story = await told();
  expect(story).toEqual([why, next]);
  expect((await shown(story)).filter((line) => line.startsWith('Trace'))).toEqual([]);
  expect(await told(() => null)).toEqual([why, next]);
});
