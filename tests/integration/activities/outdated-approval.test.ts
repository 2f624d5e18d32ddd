import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createGateActivities } from '../../../activities/evaluate-challenger.ts';
import { standingOf } from '../../../domain/approval.ts';
import type { GoldenKind } from '../../../domain/golden.ts';
import type { Feature } from '../../../domain/input.ts';
import type { Role } from '../../../domain/person.ts';
import { contentHash } from '../../../training/data/content-hash.ts';
import { openActivityWorld, regret, why } from '../../support/activity-world.ts';
import type { ActivityWorld } from '../../support/activity-world.ts';
import { feedbackOn, feedNow } from '../../support/ingest-feed.ts';
import { startTestPostgres } from '../../support/test-database.ts';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let world: ActivityWorld;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres?.stop());
beforeEach(async () => {
  world = await openActivityWorld(postgres.databaseUrl, { approval: { required: true, quorum: 2 } });
});
afterEach(() => world.close());

/** v1 says A, v2 says B and waits for two people, after a look at forty rows, of which most are B. */
async function asked(golden: string = '') {
  const { stores, configDigest } = world;
  await world.addVersion('A');
  await stores.routes.promote('m', 'v1', why);
  await stores.runs.begin({ id: 'r1', model: 'm', trigger: regret, configDigest, labelledAtStart: 0 });
  const { version, digest } = await world.addVersion('B', { runId: 'r1' });
  await world.label(Array.from('B'.repeat(36) + 'AAAA', (truth, x) => ({ truth, input: { x, group: 'g' } })));
  if (golden !== '') await addGolden('pinned', golden);
  let looks = 0;
  const look = async () => {
    await stores.runs.update('r1', { version, phase: 'evaluating' });
    const { verdict } = await createGateActivities(world.ports).evaluateChallenger({
      runId: 'r1',
      model: 'm',
      configDigest,
      challenger: { version, digest },
      champion: 'v1',
      look: (looks += 1),
      cutSeq: 0,
      onsetSeq: 1,
      isChosenByErrors: false,
      gate: 'strict',
      isExpired: false,
    });
    await stores.runs.update('r1', { phase: 'waiting-for-approval' });
    return verdict.kind;
  };
  expect(await look()).toBe('promote');
  return look;
}

const inputOf: Record<string, Feature> = {
  x: { kind: 'number' },
  group: { kind: 'category', values: ['g', 'h'] },
};
const goldenOf = (kind: GoldenKind, labels: string) =>
  Array.from(labels, (label, i) => {
    const row = { x: 1_000 + i, group: kind === 'pinned' ? 'g' : 'h' };
    return { id: contentHash(inputOf, row), kind, input: row, label };
  });
const addGolden = (...given: Parameters<typeof goldenOf>): Promise<unknown> =>
  world.stores.golden.add('m', goldenOf(...given), why);

/** Another word about the label of so many rows that tested: a label, or that it is taken back. */
async function say(rows: number, kind: 'label' | 'retract', skip = 0): Promise<void> {
  const tested = await world.stores.runs.tested('r1', 1);
  const ids = tested.filter(({ part, label }) => part === 'test' && label === 'B').slice(skip, skip + rows);
  const at = new Date(feedNow + 120_000).toISOString();
  await world.feed.feedback(
    ...ids.map(({ id }) => feedbackOn({ predictionId: id }, kind === 'label' ? 'A' : null, { kind, at })),
  );
}

let decisions = 0;
const answer = (by: string) => ({
  kind: 'approve' as const,
  by,
  roles: ['approver'] as Role[],
  reason: 'looks right',
  decisionId: `d${(decisions += 1)}`,
});
const approval = () => world.stores.runs.approval('r1');

test('labels of rows that tested are corrected and taken back: the approval is void, and counts', async () => {
  const look = await asked();
  const { runs, audit } = world.stores;
  await runs.decide('r1', answer('ada'));
  expect((await approval()).outdated).toBeNull();
  const { boundTo } = await approval();
  await say(3, 'label');
  await say(1, 'retract', 3);

  const now = await approval();
  expect(now.outdated).toEqual({ tested: 40, relabelled: 3, withdrawn: 1, golden: 0 });
  expect(standingOf(now)).toEqual({ kind: 'void', by: ['ada'], changed: ['test'], more: 2 });
  // Whether or not somebody says what they have read: nobody can have read what is so now.
  for (const given of [answer('ben'), { ...answer('ben'), boundTo }])
    await expect(runs.decide('r1', given)).rejects.toMatchObject({
      code: 'DL_APPROVAL_VOID',
      status: 409,
      message:
        'This approval is void: 3 of the 40 rows that tested have another label now and ' +
        '1 of the 40 rows that tested has no label any more.',
    });
  const refused = await audit.list({ limit: 10, refused: true });
  expect(refused.map(({ by, subject, refused: code }) => [by, subject, code])).toEqual([
    ['ben', 'r1', 'DL_APPROVAL_VOID'],
    ['ben', 'r1', 'DL_APPROVAL_VOID'],
  ]);

  // The gate looks at what is so now, and then people may say what they think of that.
  await look();
  expect(await approval()).toMatchObject({ outdated: null });
  expect(standingOf(await approval())).toMatchObject({ kind: 'void', changed: ['report', 'test'] });
  for (const by of ['ada', 'ben']) await runs.decide('r1', answer(by));
  expect(standingOf(await approval()).kind).toBe('approved');
});

test('a label that is put right again lets the approval hold again', async () => {
  await asked();
  const { runs } = world.stores;
  await runs.decide('r1', answer('ada'));
  await say(1, 'label');
  expect(standingOf(await approval()).kind).toBe('void');
  const [row] = (await runs.tested('r1', 1)).filter(({ part }) => part === 'test');
  const at = new Date(feedNow + 180_000).toISOString();
  await world.feed.feedback(feedbackOn({ predictionId: row!.id }, 'B', { at }));
  expect(standingOf(await approval())).toEqual({ kind: 'waiting', more: 1 });
});

test('new rows, the same label said again, and rows that are erased void nothing', async () => {
  await asked();
  await world.stores.runs.decide('r1', answer('ada'));
  await world.label(Array.from('ABAB', (truth, x) => ({ truth, input: { x: 500 + x, group: 'g' } })));
  const [first, second] = (await world.stores.runs.tested('r1', 1)).filter(({ part }) => part === 'test');
  const at = new Date(feedNow + 120_000).toISOString();
  await world.feed.feedback(feedbackOn({ predictionId: first!.id }, 'B', { at }));
  await world.query('delete from examples where prediction_id = $1', [second!.id]);
  expect((await approval()).outdated).toBeNull();
  expect(standingOf(await approval())).toEqual({ kind: 'waiting', more: 1 });
});

test.each([
  ['added', (): Promise<unknown> => addGolden('pinned', 'BBB'), 1],
  ['retired', (): Promise<unknown> => world.stores.golden.retire('m', { kind: 'pinned' }, why), 2],
] as const)('golden rows that are %s after the look void it', async (_, change, golden) => {
  const look = await asked('BB');
  await world.stores.runs.decide('r1', answer('ada'));
  await change();
  expect((await approval()).outdated).toMatchObject({ relabelled: 0, golden });
  expect(standingOf(await approval()).kind).toBe('void');
  await look();
  expect((await approval()).outdated).toBeNull();
});

test('sampled rows that a look gives up itself, because the world has changed, void nothing', async () => {
  const { runs, golden } = world.stores;
  const look = await asked();
  await runs.note('r1', {
    key: 'triage',
    phase: 'triage',
    sentence: 'Triage says conceptDrift.',
    data: { triage: { diagnosis: 'conceptDrift', treatment: 'fine-tune', overriddenBy: null, evidence: [] } },
  });
  await addGolden('sampled', 'AAA');
  await look();
  expect(await golden.list('m')).toEqual([]);
  expect((await approval()).outdated).toBeNull();
});

test('once nobody is asked any more, a correction makes nothing of what was decided', async () => {
  await asked();
  const { runs } = world.stores;
  for (const by of ['ada', 'ben']) await runs.decide('r1', answer(by));
  await runs.update('r1', { phase: 'rollout' });
  await say(1, 'label');
  expect(standingOf(await approval()).kind).toBe('approved');
});

test('an approval that is sent after the artifact changed is refused', async () => {
  await asked();
  const { runs, versions } = world.stores;
  const { boundTo } = await approval();
  await runs.decide('r1', answer('ada'));
  // The run has another challenger now.
  const { version, digest } = await world.addVersion('B', { runId: 'r1' });
  expect((await versions.get('m', version)).digest).not.toBe(boundTo.artifact);
  await runs.update('r1', { version });
  const late = runs.decide('r1', { ...answer('ben'), boundTo });
  await expect(late).rejects.toMatchObject({
    code: 'DL_APPROVAL_VOID',
    message: expect.stringContaining('This approval is void: the artifact changed at '),
  });
  expect(await approval()).toMatchObject({ boundTo: { artifact: digest } });
  expect(standingOf(await approval())).toMatchObject({ kind: 'void', by: ['ada'], changed: ['artifact'] });
});
