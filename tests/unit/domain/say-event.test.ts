import { expect, test } from 'vitest';
import { sayEvent } from '../../../domain/say-event.ts';

test('a decision without a reason is a sentence too', () => {
  const decided = (because: string) =>
    sayEvent({
      type: 'driftloop.approval.decided.v1',
      model: 'm',
      data: { runId: 'r1', about: 'promotion', decision: 'approve', by: 'ada', because },
    });
  expect(decided('')).toMatchObject({ title: 'ada approves', sentence: 'No reason was given.' });
  expect(decided('better everywhere')).toMatchObject({ sentence: 'better everywhere' });
});

test('an event of a run leads to the run, and another to its model', () => {
  const advanced = sayEvent({
    type: 'driftloop.run.advanced.v1',
    model: 'm',
    data: { runId: 'r1', phase: 'waiting-for-labels', sentence: 'More labels are needed.' },
  });
  expect(advanced).toMatchObject({ page: '/runs/r1', figures: [['Phase', 'waiting for labels']] });
  const route = { champion: 'v1', challenger: null, share: null, mode: null, by: 'ada', because: 'why' };
  const changed = (runId: string | null) =>
    sayEvent({
      type: 'driftloop.route.changed.v1',
      model: 'm',
      data: { generation: 1, ...route, runId },
    }).page;
  expect([changed('r1'), changed(null)]).toEqual(['/runs/r1', '/models/m']);
});

test('a first version has nothing to prove itself against', () => {
  const registered = (parent: string | null, runId: string | null) =>
    sayEvent({
      type: 'driftloop.version.registered.v1',
      model: 'm',
      data: { version: 'v1', digest: 'd', parent, runId },
    }).sentence;
  expect(registered(null, null)).toBe('v1 is there.');
  expect(registered(null, 'r1')).toBe('v1 is there, and has to prove itself.');
});

test('what a person did is a sentence', () => {
  const deed = { by: 'root', via: 'token', because: null, refused: null, details: null } as const;
  const skipped = sayEvent({
    type: 'driftloop.rollout.skipped.v1',
    model: 'm',
    data: { ...deed, action: 'skip rollout', subject: 'run-01a2' },
  });
  expect(skipped).toMatchObject({
    sentence: 'root skips a phase of the rollout: run-01a2.',
    page: '/runs/run-01a2',
  });
  const paused = sayEvent({
    type: 'driftloop.model.paused.v1',
    model: 'm',
    data: { ...deed, action: 'pause', subject: null, because: 'A holiday.' },
  });
  expect(paused).toMatchObject({ sentence: 'root pauses the model. A holiday.', page: '/models/m' });
  const refused = sayEvent({
    type: 'driftloop.access.refused.v1',
    model: null,
    data: { ...deed, action: 'approve', subject: 'r1', refused: 'DL_FORBIDDEN' },
  });
  expect(refused).toMatchObject({ sentence: 'root was refused: approve r1.', page: '/' });
});
