import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createSnapshotActivities } from '../../../activities/cut-snapshot.ts';
import { createGateActivities } from '../../../activities/evaluate-challenger.ts';
import type { FeedbackMessage } from '../../../domain/messages.ts';
import { sourceOf } from '../../../domain/teach.ts';
import type { TeachAnswer } from '../../../domain/teach.ts';
import { fillQueue } from '../../../monitors/teach/run-teaching.ts';
import { openActivityWorld, regret, why } from '../../support/activity-world.ts';
import type { ActivityWorld } from '../../support/activity-world.ts';
import { feedbackOn, feedNow, prediction } from '../../support/ingest-feed.ts';
import { startTestPostgres } from '../../support/test-database.ts';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let world: ActivityWorld;
let made = 0;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres?.stop());
beforeEach(async () => {
  made = 0;
  world = await openActivityWorld(postgres.databaseUrl, { retrain: { holdoutShare: 0.34 } });
  await world.addVersion('A');
  await world.stores.routes.promote('m', 'v1', why);
});
afterEach(() => world.close());

const picked = { source: sourceOf('ada', 'unsure') };
const rows = (truths: string, more: { source?: string } = {}) =>
  Array.from(truths, (truth) => ({ truth, input: { x: (made += 1), group: 'g' }, ...more }));
const outcomes = async () =>
  (await world.stores.totals.totals({ model: 'm' }))
    .filter(({ kind }) => kind === 'outcome' || kind === 'outcome_withdrawn')
    .reduce((sum, { kind, value }) => sum + (kind === 'outcome' ? value : -value), 0);
const ada = { name: 'ada', via: 'token' } as const;
const isoNow = () => new Date().toISOString();

test('the gate never sees a label that was picked: not before the cut, not after it, not on a held-out row', async () => {
  const { stores, configDigest } = world;
  await world.label([...rows('A'.repeat(40)), ...rows('B'.repeat(60)), ...rows('B'.repeat(40), picked)]);
  await stores.runs.begin({ id: 'r1', model: 'm', trigger: regret, configDigest, labelledAtStart: 140 });
  const cut = {
    runId: 'r1',
    model: 'm',
    configDigest,
    fromSeq: 41,
    cutSeq: 140,
    onsetSeq: 41,
    isRefit: false,
  };
  const snapshot = await createSnapshotActivities(world.ports).cutSnapshot(cut);
  const train = (await stores.snapshots.read(snapshot.id, 'train')).examples;
  const validation = (await stores.snapshots.read(snapshot.id, 'validation')).examples;
  const trains = (await stores.examples.range('m', { fromSeq: 101, withPicked: true })).filter(
    ({ partition }) => partition === 'train',
  );
  // Picked rows train, every one of them, and none says when to stop.
  expect(trains.length).toBeGreaterThan(10);
  expect(train.map(({ seq }) => seq)).toEqual(expect.arrayContaining(trains.map(({ seq }) => seq)));
  expect(validation.filter(({ seq }) => seq > 100)).toEqual([]);

  await world.label([
    ...rows('B'.repeat(25), picked),
    ...rows('B'.repeat(12)),
    ...rows('B'.repeat(5), picked),
  ]);
  const { version, digest } = await world.addVersion('B', { runId: 'r1', snapshotId: snapshot.id });
  const { rows: tested } = await createGateActivities(world.ports).evaluateChallenger({
    ...cut,
    challenger: { version, digest },
    champion: 'v1',
    look: 1,
    isChosenByErrors: false,
    gate: 'strict',
    isExpired: false,
  });
  const kept = await stores.runs.tested('r1', 1);
  expect(kept.filter(({ part }) => part === 'test').map(({ source }) => source)).not.toContain(picked.source);
  const heldOut = (await stores.examples.range('m', { fromSeq: 41, toSeq: 140 })).filter(
    ({ partition }) => partition === 'holdout',
  );
  expect(heldOut.every(({ isPicked }) => isPicked === undefined)).toBe(true);
  expect(tested).toBe(heldOut.length + 12);
});

test('picked labels move neither accuracy nor regret, and a later word of somebody else counts as ever', async () => {
  await world.label(rows('A'.repeat(30)));
  const before = await world.stores.examples.policyView('m');
  await world.label(rows('B'.repeat(20), picked));
  const after = await world.stores.examples.policyView('m');
  expect(await outcomes()).toBe(30);
  expect(after.regret).toBe(before.regret);
  expect(after.labelled).toBe(50);
  // Positions stay those of the known-at order; what judges nobody stands as the row before it.
  expect([...after.errors]).toEqual(Array.from({ length: 50 }, () => 0));

  const one = prediction({ input: { x: -1, group: 'g' } });
  await world.feed.predictions(one);
  await world.feed.feedback(feedbackOn(one, 'B', picked));
  expect(await outcomes()).toBe(30);
  await world.feed.feedback(feedbackOn(one, 'A', { at: new Date(feedNow + 120_000).toISOString() }));
  expect(await outcomes()).toBe(31);
  await world.feed.feedback(
    feedbackOn(one, 'B', { ...picked, at: new Date(feedNow + 180_000).toISOString() }),
  );
  expect(await outcomes()).toBe(30);
  await world.feed.feedback(
    feedbackOn(one, null, { ...picked, kind: 'retract', at: new Date(feedNow + 240_000).toISOString() }),
  );
  expect(await outcomes()).toBe(30);
});

test('the queue draws only from what is held out and picks only from what trains; an answer arrives once, as feedback', async () => {
  const { teach } = world.stores;
  await world.predict(Array.from({ length: 90 }, (_, x) => ({ x: 1_000 + x, group: 'g' })));
  expect(await fillQueue(world.stores, 'm')).toBeGreaterThan(30);
  expect(await fillQueue(world.stores, 'm')).toBe(0);
  const queue = await teach.queue('m', 'ada', 100);
  const partitions = new Map(
    (await teach.recent('m', 200)).map(({ predictionId, partition }) => [predictionId, partition]),
  );
  for (const { predictionId, reason } of queue)
    expect(partitions.get(predictionId)).toBe(reason === 'random' ? 'holdout' : 'train');
  expect(queue.filter(({ reason }) => reason === 'random')).toHaveLength(20);

  // Whoever would have a held-out row tested that nobody drew, or a picked one, is not heard.
  const heldOut = [...partitions].find(
    ([id, partition]) => partition === 'holdout' && queue.every(({ predictionId }) => predictionId !== id),
  )![0];
  const chosen = { predictionId: heldOut, because: 'mine', worth: 1 };
  expect(await teach.enqueue('m', [{ ...chosen, reason: 'unsure' }], 'ada')).toBe(0);

  const [unsure] = queue.filter(({ reason }) => reason === 'unsure');
  const [drawn] = queue.filter(({ reason }) => reason === 'random');
  const answer = (id: string, row: typeof unsure, more: Partial<TeachAnswer> = {}): TeachAnswer => ({
    id,
    predictionId: row!.predictionId,
    kind: 'label',
    value: 'B',
    at: isoNow(),
    ...more,
  });
  const said = [answer('1', unsure), answer('2', drawn), answer('3', { ...drawn!, predictionId: heldOut })];
  expect(await teach.answer('m', ada, said)).toEqual(['taken', 'taken', 'gone']);
  expect(await teach.answer('m', ada, said)).toEqual(['known', 'known', 'gone']);
  const relayed: FeedbackMessage[] = [];
  expect(await teach.relay(10, async (messages) => void relayed.push(...messages))).toBe(2);
  expect(await teach.relay(10, async () => expect.fail('sent twice'))).toBe(0);
  expect(relayed.map(({ source }) => source)).toEqual(['picked:person:ada', 'person:ada']);
  await world.feed.feedback(...relayed);
  expect(await outcomes()).toBe(1);
  expect(await teach.tally('m', 'ada', new Date(0))).toMatchObject({
    mine: 2,
    team: 2,
    told: [{ answer: 'A', label: 'B', rows: 2 }],
  });
});

test('an answer is taken back: the row is asked about again, and what others have said holds again', async () => {
  const { teach } = world.stores;
  const { stores } = world;
  const later = (ms: number) => new Date(feedNow + ms).toISOString();
  // Which rows are held out is drawn anew for each model: of so many, one trains.
  const many = Array.from({ length: 40 }, (_, x) => prediction({ input: { x, group: 'h' } }));
  await world.feed.predictions(...many);
  const trains = (await teach.recent('m', 40)).find(({ partition }) => partition === 'train')!;
  const disputed = many.find(({ predictionId }) => predictionId === trains.predictionId)!;
  await world.feed.feedback(feedbackOn(disputed, 'A', { source: 'crm' }));
  await world.feed.feedback(feedbackOn(disputed, 'B', { source: 'shop', at: later(90_000) }));
  await fillQueue(stores, 'm');
  const waits = async (by: string) =>
    (await teach.queue('m', by, 100)).filter(({ predictionId }) => predictionId === disputed.predictionId);
  const [row] = await waits('ada');
  expect(row).toMatchObject({ reason: 'disputed', because: '2 people said: A, B' });

  const { predictionId } = disputed;
  await teach.answer('m', ada, [{ id: 'a', predictionId, kind: 'label', value: 'A', at: isoNow() }]);
  expect(await waits('bob')).toEqual([]);
  const bob = { name: 'bob', via: 'token' } as const;
  const undo = { id: 'u', predictionId, kind: 'undo', value: 'a', at: isoNow() } as const;
  expect(await teach.answer('m', bob, [undo])).toEqual(['gone']);
  expect(await teach.answer('m', ada, [undo])).toEqual(['taken']);
  expect(await waits('ada')).toHaveLength(1);
  const relayed: FeedbackMessage[] = [];
  await teach.relay(10, async (messages) => void relayed.push(...messages));
  expect(relayed.map(({ kind, value, source }) => [kind, value, source])).toEqual([
    ['label', 'A', 'picked:person:ada'],
    ['label', 'B', 'shop'],
  ]);

  // Skipped is skipped by one person; what nobody can say is asked of nobody.
  await teach.answer('m', ada, [{ id: 's', predictionId, kind: 'skip', value: null, at: isoNow() }]);
  expect([await waits('ada'), await waits('bob')].map((q) => q.length)).toEqual([0, 1]);
  await teach.answer('m', bob, [{ id: 'n', predictionId, kind: 'unclear', value: null, at: isoNow() }]);
  expect(await waits('cleo')).toEqual([]);
});
