import type { ActivityWorld } from './activity-world.ts';
import { regret, why } from './activity-world.ts';
import { feedNow, feedbackOn, prediction } from './ingest-feed.ts';

/** Something in every table: a champion after a rollback, runs at every stage, rows that wait, letters, alerts. */
export async function fillWorld(world: ActivityWorld): Promise<void> {
  const { stores, feed, configDigest } = world;
  const { pool } = world.db.handle;
  await world.addVersion('A');
  await stores.routes.promote('m', 'v1', why);
  await world.label(Array.from({ length: 40 }, (_, x) => ({ truth: x % 3 === 0 ? 'B' : 'A', input: { x } })));

  const { id: runId } = await stores.runs.begin({
    id: 'r1',
    model: 'm',
    trigger: regret,
    configDigest,
    labelledAtStart: 40,
  });
  const examples = await stores.examples.range('m', { fromSeq: 1 });
  const parts = {
    train: examples.slice(9, 30),
    validation: examples.slice(30),
    rehearsal: examples.slice(1, 9),
    golden: examples.slice(0, 1),
  };
  const snapshot = await stores.snapshots.cut({
    runId,
    model: 'm',
    fromSeq: 1,
    cutSeq: 40,
    onsetSeq: 9,
    parts,
  });
  await stores.runs.trainingBegan(runId, 40);
  const progress = {
    step: 1,
    steps: 2,
    epoch: 0,
    trainLoss: 0.1 + 0.2,
    validationLoss: null,
    learningRate: 1e-3,
    examplesPerSecond: 400,
    memoryMb: 300,
    backend: 'test',
    resumedAtStep: null,
  };
  await stores.runs.saveProgress(runId, progress);
  const learnt = { rows: ['0123456789abcdef'], isWhole: true };
  await world.addVersion('B', { runId, snapshotId: snapshot.id, learnt });
  await stores.versions.setAccuracyOnTest('m', 'v2', 0.875);
  const golden = { id: 'g'.repeat(64), kind: 'pinned', input: { x: 1 / 3 }, label: 'A' } as const;
  await stores.golden.add('m', [golden, { ...golden, id: 'h'.repeat(64), kind: 'sampled' }], why);
  await stores.golden.retire('m', { kind: 'sampled' }, why);
  const evaluation = {
    look: 1,
    rows: 75,
    challenger: 'v2',
    champion: 'v1',
    testDigest: 't',
    report: { accuracy: 1 / 3, words: 'tab\there, back\\slash, \\N, line\nbreak, “ünïcode” 🦉' },
    verdict: { kind: 'promote', by: 'evidence', sentence: 'Better.' },
  } as const;
  const [first] = examples;
  await stores.runs.saveEvaluation(runId, evaluation, [
    {
      part: 'test',
      id: first!.predictionId,
      seq: first!.seq,
      input: first!.input,
      label: first!.label,
      entity: 'e',
      source: null,
      ours: { label: 'A', scores: { A: 0.1 + 0.2 } },
      theirs: { label: 'B', scores: { B: 1e-9 } },
      digest: 'd',
    },
  ]);
  await stores.runs.decide(runId, {
    kind: 'approve',
    by: 'ada',
    roles: ['approver'],
    reason: 'looks right',
    decisionId: 'decision-1',
  });
  await stores.runs.note(runId, {
    key: 'a',
    phase: 'rollout',
    sentence: 'Rolled out.',
    data: { share: 0.5 },
  });
  await stores.routes.setChallenger('m', { version: 'v2', share: 0.5, mode: 'canary' }, { ...why, runId });
  await stores.routes.promote('m', 'v2', { ...why, runId });
  await stores.runs.end(runId, { kind: 'promoted', version: 'v2', sentence: 'v2 is the champion.' });
  await stores.routes.promote('m', 'v1', { ...why, leavesUnhealthy: true });

  // Still open: a challenger in the canary.
  await stores.runs.begin({ id: 'r2', model: 'm', trigger: regret, configDigest, labelledAtStart: 40 });
  await world.addVersion('B', { runId: 'r2' });
  await stores.runs.update('r2', { version: 'v3', phase: 'rollout' });
  await stores.routes.setChallenger(
    'm',
    { version: 'v3', share: 0.25, mode: 'canary' },
    { ...why, runId: 'r2' },
  );

  await stores.runs.saveRolloutLook('r2', {
    at: '2026-01-05T00:00:00.000Z',
    stage: { phase: 'canary', step: 0, share: 0.25 },
    judgement: { kind: 'inconclusive', sentence: 'Too few requests.' },
    checks: [{ check: 'errors', kind: 'inconclusive', sentence: 'Too few requests.' }],
    ready: 1 / 3,
    frozen: null,
  });

  const waiting = prediction({ context: { householdId: 'h1', note: 'a\tb' } });
  await feed.feedback(feedbackOn(waiting, 'A'), feedbackOn(waiting, null, { kind: 'retract' }));
  const corrected = prediction();
  await feed.predictions(corrected);
  await feed.feedback(feedbackOn(corrected, 'A'));
  await feed.feedback(feedbackOn(corrected, 'B', { at: new Date(feedNow + 120_000).toISOString() }));
  await feed.raw('predictions', [new Uint8Array([0xff, 0x5c, 0x4e, 0x0a]), null]);
  await stores.ingest.relayDeadLetters(1, async () => {});
  const alert = { fingerprint: 'f', startsAt: regret.firedAt, endsAt: null, status: 'firing' } as const;
  await stores.alerts.record([
    { ...alert, model: 'm', alertname: 'DriftloopRegret', labels: { a: 'b' }, annotations: {} },
  ]);
  await stores.estimators.save(
    { model: 'm', version: 'v1' },
    {
      rows: 500,
      curves: [{ x: [0.1, 1 / 3], y: [0, 0.9] }, null],
      spreads: { accuracy: 0.1 + 0.2, macroPrecision: 0.2, macroRecall: null, macroF1: 1e-9 },
    },
  );
  const open = (await stores.teach.recent('m', 100)).find(({ partition }) => partition === 'train')!;
  const { predictionId } = open;
  await stores.teach.enqueue(
    'm',
    [{ predictionId, reason: 'unsure', because: 'A or B', worth: 1 / 3 }],
    'driftloop',
  );
  await stores.teach.answer('m', { name: 'ada', via: 'token' }, [
    { id: 'answer-1', predictionId, kind: 'label', value: 'B', at: regret.firedAt },
  ]);
  await stores.models.setPaused('m', true, 'ada');
  const grants = [{ role: 'approver', model: 'm' }] as const;
  const { token } = await stores.tokens.create({
    name: 'ada',
    grants,
    expiresAt: null,
    by: 'bob',
    via: 'local',
  });
  const person = { name: 'ada', via: 'token', grants } as const;
  await stores.sessions.begin('a-name', { person, tokenId: token.id, expiresAt: '2036-01-01T00:00:00.000Z' });
  await stores.deliveries.test('team', 'ada');
  // No monitor writes findings yet, but their table is there.
  await pool.query(
    "insert into findings (model, monitor, level, value, sentence) values ('m', 'adwin', 'detected', 'NaN', 'Drift.')",
  );
}
