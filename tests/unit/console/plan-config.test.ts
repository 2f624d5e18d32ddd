import { expect, test } from 'vitest';
import { isChange, planConfig, refuseOrphans } from '../../../console/policy/plan-config.ts';
import { printPlan } from '../../../cli/commands/plan.ts';
import { parseConfig } from '../../../domain/config.ts';
import type { Run } from '../../../domain/run.ts';

const declared = {
  name: 'm',
  task: { kind: 'classification', labels: ['a', 'b'] },
  input: { x: { kind: 'number' } },
};
const quality = { kind: 'quality', metric: 'accuracy', atLeast: 0.8 };

/** The plan for `after` where `before` is applied and these runs go on. */
function planOf(before: readonly object[], after: readonly object[], open: readonly Partial<Run>[] = []) {
  const { models } = parseConfig({ models: before });
  const list = models.map((config) => ({ config, digest: 'c', paused: false, pausedBy: null }));
  return planConfig(
    {
      models: { list: async () => list },
      versions: { champion: async () => ({ version: 'v7' }) as never },
      runs: { list: async ({ model }) => open.filter((run) => run.model === model) as Run[] },
    },
    parseConfig({ models: after }),
  );
}
const training: Partial<Run> = { id: 'r1', model: 'm', phase: 'fine-tuning', outcome: null, version: null };
const rollingOut: Partial<Run> = { id: 'r2', model: 'm', phase: 'rollout', outcome: null, version: 'v8' };
const waiting: Partial<Run> = {
  id: 'r3',
  model: 'm',
  phase: 'waiting-for-approval',
  outcome: null,
  version: 'v8',
};

test('the same config changes nothing, whatever goes on', async () => {
  const plan = await planOf([declared], [declared], [rollingOut]);
  expect([isChange(plan), plan.orphans, printPlan(plan)]).toEqual([false, [], 'Nothing would change.']);
});

test('a new objective shows as its alerts and as what is written, and leaves a run alone', async () => {
  const plan = await planOf([declared], [{ ...declared, watch: [quality] }], [training]);
  expect(plan.alerts.added.some((name) => name.startsWith('m: ') && name.includes('quality'))).toBe(true);
  expect(plan.models[0]).toMatchObject({
    kind: 'changed',
    changes: [{ path: 'watch.0', before: undefined }],
  });
  expect(plan.models[0]!.effects.at(-1)).toBe('Run r1 goes on by the config that it began with.');
  expect(() => refuseOrphans(plan)).not.toThrow();
  const stricter = await planOf(
    [{ ...declared, watch: [quality] }],
    [{ ...declared, watch: [{ ...quality, atLeast: 0.9 }] }],
  );
  expect([stricter.alerts.added, stricter.alerts.removed]).toEqual([[], []]);
  expect(stricter.alerts.changed.length).toBeGreaterThan(0);
});

test.each([
  ['a new schedule', { retrain: { schedule: '0 3 * * 1' } }, 'Runs begin by the clock at "0 3 * * 1" (UTC).'],
  ['another mode', { retrain: { mode: 'off' } }, 'A run begins only when somebody asks for it.'],
  ['an approval', { approval: { required: true } }, 'A person has to let a challenger into production.'],
  ['a gate', { gate: { holdAtMost: '3d' } }, 'The next run is judged by it.'],
  ['a rollout', { rollout: { canary: [0.5] } }, 'The next rollout goes by it.'],
  ['another task', { task: { kind: 'classification', labels: ['a', 'c'] } }, 'v7 goes on as it was trained'],
])('%s says what comes of it', async (_, change, effect) => {
  const plan = await planOf([declared], [{ ...declared, ...change }]);
  expect(plan.models[0]!.effects.join(' ')).toContain(effect);
  expect(printPlan(plan)).toContain('~ m: changed');
});

test('a run that would be orphaned is not said to go on', async () => {
  const task = { kind: 'classification', labels: ['a', 'c'] } as const;
  const plan = await planOf([declared], [{ ...declared, task }], [training]);
  expect(plan.orphans).toHaveLength(1);
  expect(plan.models[0]!.effects.join(' ')).not.toContain('goes on by the config');
});

test('rules that change make void what somebody has read', async () => {
  const plan = await planOf([declared], [{ ...declared, gate: { holdAtMost: '3d' } }], [waiting]);
  expect(plan.models[0]!.effects.join(' ')).toContain('becomes void');
});

test.each([
  [
    'a model that is gone',
    [{ ...declared, name: 'n' }],
    'Run r1 is under way, and the config has no m any more.',
  ],
  [
    'another input',
    [{ ...declared, input: { y: { kind: 'number' } } }],
    'Run r1 is under way, and the config changes the input of m.',
  ],
  [
    'another task and entity',
    [{ ...declared, task: { kind: 'classification', labels: ['a', 'c'] }, entity: 'customer' }],
    'Run r1 is under way, and the config changes the task and the entity of m.',
  ],
])('%s would orphan a run, and is refused', async (_, after, sentence) => {
  const plan = await planOf([declared], after, [training, { ...training, id: 'r9', model: 'other' }]);
  expect(plan.orphans).toEqual([sentence]);
  expect(() => refuseOrphans(plan)).toThrow(expect.objectContaining({ code: 'DL_CONFIG_ORPHANS_RUN' }));
  expect(printPlan(plan)).toContain('Apply would refuse it');
  // With nothing under way it may.
  expect((await planOf([declared], after)).orphans).toEqual([]);
});

test('a rollout is named as one', async () => {
  const plan = await planOf([declared], [{ ...declared, name: 'n' }], [rollingOut]);
  expect(plan.orphans).toEqual([
    'The rollout of v8 (run r2) is under way, and the config has no m any more.',
  ]);
  expect(plan.models.map(({ model, kind }) => [model, kind])).toEqual([
    ['m', 'removed'],
    ['n', 'added'],
  ]);
  expect(plan.alerts.removed.every((name) => name.startsWith('m: '))).toBe(true);
});
