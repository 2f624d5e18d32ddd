import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseConfig } from '../../../domain/config.ts';
import { modelReport } from '../../../cli/drift/model-report.ts';
import { fitEstimator } from '../../../monitors/estimate.ts';
import { feedbackOn, prediction, startFeed } from '../../support/ingest-feed.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { openTestDatabase, startTestPostgres, type TestDatabase } from '../../support/test-database.ts';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let db: TestDatabase;
let feed: ReturnType<typeof startFeed>;
beforeAll(async () => {
  postgres = await startTestPostgres();
  db = await openTestDatabase(postgres.databaseUrl);
  await db.stores.models.apply(
    parseConfig({
      models: [
        {
          name: 'm',
          task: { kind: 'classification', labels: ['A', 'B'] },
          input: { x: { kind: 'number' }, plan: { kind: 'category', values: ['free', 'team'] } },
          gate: { slices: ['plan'] },
        },
      ],
    }),
  );
  feed = startFeed(db);
});
afterAll(async () => {
  await db?.close();
  await postgres?.stop();
});

test('declared slices are counted with the labels, whichever of both comes first, and corrections taken back', async () => {
  const of = (plan: string | null) => prediction({ label: 'A', input: { x: 1, plan } });
  const [free, team, none, late] = [of('free'), of('team'), of(null), of('gold')];
  await feed.predictions(free, team, none);
  await feed.feedback(
    feedbackOn(free, 'A'),
    feedbackOn(team, 'B'),
    feedbackOn(none, 'A'),
    feedbackOn(late, 'B'),
  );
  await feed.predictions(late);
  await feed.feedback(feedbackOn(team, 'A', { at: '2026-03-02T13:00:00.000Z' }));
  const counted = (await db.stores.totals.totals()).filter(
    ({ kind }) => kind.startsWith('slice_') && !kind.startsWith('slice_outcome'),
  );
  expect(counted.map(({ kind, a, b, value }) => `${kind} ${a} ${b} ${value}`).toSorted()).toEqual([
    'slice_prediction plan free 1',
    'slice_prediction plan missing 1',
    'slice_prediction plan team 1',
    'slice_prediction plan unknown 1',
    'slice_right plan free 1',
    'slice_right plan missing 1',
    'slice_right plan team 1',
    'slice_wrong plan team 1',
    'slice_wrong plan unknown 1',
    'slice_wrong_withdrawn plan team 1',
  ]);
});

test('inputs that come again are counted by version once they are stored; what comes twice as a message is not one', async () => {
  const asked = (x: number) => prediction({ version: 'v-again', input: { x, plan: 'free' } });
  const [one, two] = [asked(1), asked(2)];
  await feed.predictions(one, asked(1), two);
  // The same messages once more, and a row that was there two batches ago.
  await feed.predictions(one, two);
  await feed.predictions(asked(2), asked(3));
  const repeated = (await db.stores.totals.totals()).filter(
    ({ kind, version }) => kind === 'repeated' && version === 'v-again',
  );
  expect(repeated.map(({ value }) => value)).toEqual([2]);
});

test('a label counts where its prediction was made, whichever came first; retraction and retention take it away', async () => {
  const hour = 3_600_000;
  const noon = Date.parse('2026-02-10T12:00:00.000Z');
  const made = (ms: number, label: string) =>
    prediction({ label, at: new Date(ms).toISOString(), input: { x: 1, plan: 'free' } });
  const early = [made(noon, 'A'), made(noon + 59_000, 'A'), made(noon + hour - 1, 'B')];
  const late = made(noon + hour, 'A');
  await feed.feedback(feedbackOn(late, 'B'));
  await feed.predictions(...early, late);
  await feed.feedback(feedbackOn(early[0]!, 'A'), feedbackOn(early[1]!, 'B'));
  const steps = (stepMs = hour) =>
    db.stores.totals.happenedSteps({ model: 'm', fromMs: noon - hour, toMs: noon + 3 * hour }, stepMs);
  const first = { startsAtMs: noon, version: 'v1', predictions: 3, labelled: 2, correct: 1 };
  const second = { startsAtMs: noon + hour, version: 'v1', predictions: 1, labelled: 1, correct: 0 };
  expect(await steps()).toEqual([first, second]);
  expect(await steps(2 * hour)).toEqual([{ ...first, predictions: 4, labelled: 3 }]);

  const at = '2026-03-02T13:00:00.000Z';
  await feed.feedback(
    feedbackOn(early[0]!, null, { kind: 'retract', at }),
    feedbackOn(early[1]!, 'A', { kind: 'correction', at }),
  );
  expect(await steps()).toEqual([{ ...first, labelled: 1, correct: 1 }, second]);
  const stretches = [
    { model: 'm', fromMs: noon + hour, toMs: noon + 2 * hour },
    { model: 'm', fromMs: noon + 2 * hour, toMs: noon + 3 * hour },
  ];
  expect(await db.stores.totals.happened(stretches)).toEqual([
    [{ version: 'v1', predictions: 1, labelled: 1, correct: 0 }],
    [],
  ]);

  await db.stores.ingest.dropHappened({ m: new Date(noon + hour), other: new Date() });
  expect(await steps()).toEqual([second]);
  await db.stores.ingest.dropBefore(new Date(noon + 2 * hour));
  expect(await steps()).toEqual([]);
});

test('how long labels took is said of the newest; a picked row, and one that lost its label, is none of them', async () => {
  const noon = Date.parse('2026-02-11T12:00:00.000Z');
  const hour = 3_600_000;
  const iso = (ms: number) => new Date(ms).toISOString();
  const asked = Array.from({ length: 6 }, () => prediction({ at: iso(noon), input: { x: 1, plan: 'free' } }));
  const [first, second, third, picked, retracted, early] = asked;
  await feed.predictions(...asked);
  await feed.feedback(
    feedbackOn(retracted!, 'A', { at: iso(noon + 50 * hour) }),
    feedbackOn(first!, 'A', { at: iso(noon + 2 * hour) }),
    feedbackOn(second!, 'B', { at: iso(noon + 10 * hour) }),
    feedbackOn(third!, 'A', { at: iso(noon + hour) }),
    feedbackOn(picked!, 'A', { at: iso(noon + 90 * hour), source: 'picked:person:ada' }),
  );
  await feed.feedback(feedbackOn(retracted!, null, { kind: 'retract', at: iso(noon + 60 * hour) }));
  const delay = (limit: number) => db.stores.examples.labelDelay('m', limit);
  expect(await delay(3)).toEqual({ labels: 3, medianMs: 2 * hour, p90Ms: 10 * hour });
  // The clock of whoever labels may be behind.
  await feed.feedback(feedbackOn(early!, 'A', { at: iso(noon - hour) }));
  expect(await delay(1)).toEqual({ labels: 1, medianMs: 0, p90Ms: 0 });
  expect(await db.stores.examples.labelDelay('no-such-model', 10)).toBeNull();
});

test('a champion is calibrated on its own labelled rows; from then on answers are estimated, and held against labels', async () => {
  const { estimators, ingest, routes, totals, versions } = db.stores;
  const made = {
    model: 'm',
    parent: null,
    runId: null,
    snapshotId: null,
    trainSeconds: null,
    accuracyOnTest: null,
  };
  await versions.register({ ...made, digest: 'the one that answered above' });
  const { version } = await versions.register({ ...made, digest: 'd' });
  await routes.promote('m', version, { by: 'test', because: 'it is the first' });
  // Always sure, and right in three of four cases.
  const scored = (i: number, version: string) =>
    ({
      version,
      label: 'A',
      output: { label: 'A', scores: { A: 0.9, B: 0.1 } },
      truth: i % 4 === 0 ? 'B' : 'A',
      input: { x: 1, plan: 'free' },
    }) as const;
  await feed.labelled(Array.from({ length: 40 }, (_, i) => scored(i, version)));
  const [due] = await estimators.due(40);
  expect(due).toEqual({ model: 'm', version, labels: ['A', 'B'] });
  expect(await estimators.due(400)).toEqual([]);
  const known = await estimators.firstKnown(due!, 40);
  expect(known).toHaveLength(40);
  expect(known[0]).toEqual({ scores: { A: 0.9, B: 0.1 }, predicted: 'A', label: 'B' });
  await estimators.save(due!, fitEstimator(due!.labels, known, 40)!);
  expect(await estimators.due(40)).toEqual([]);
  expect((await ingest.catalogue()).models['m']!.estimators[version]!.rows).toBe(40);

  const before = (await totals.totals()).filter(({ kind }) => kind.startsWith('estimate'));
  expect(before).toEqual([]);
  await feed.labelled(Array.from({ length: 8 }, (_, i) => scored(i, version)));
  const counted = (await totals.totals()).filter(({ kind }) => kind.startsWith('estimate'));
  const of = (kind: string, a: string) =>
    counted.find((t) => t.kind === kind && t.a === a)!.value / 1_000_000;
  expect(of('estimate_checked', 'rows')).toBe(8);
  expect(of('estimate_checked', 'right')).toBe(6);
  expect(of('estimated_outcome', 'A') + of('estimated_outcome', 'B')).toBeCloseTo(8, 4);
  expect(of('estimated_outcome', 'A')).toBeCloseTo(of('estimate_checked', 'expected'), 4);
  // How sure answers are is the same whether a prediction comes or its label.
  const confident = (await totals.totals()).filter(({ kind }) => kind === 'confident');
  expect(confident.map(({ a, b, value }) => `${a} ${b} ${value / 1_000_000}`).toSorted()).toEqual([
    'atc asked 8',
    'atc labelled 8',
    'difference-of-confidences asked 7.2',
    'difference-of-confidences labelled 7.2',
  ]);
});

test('the drift report of a model is the page of what a version answered in production, in the order of its predictions', async () => {
  const minute = 60_000;
  const begin = Date.parse('2026-02-20T00:00:00.000Z');
  const { versions } = db.stores;
  const made = {
    model: 'm',
    parent: null,
    runId: null,
    snapshotId: null,
    trainSeconds: null,
    accuracyOnTest: null,
  };
  const { version } = await versions.register({ ...made, digest: 'told' });
  // From row 500 on the feature lies elsewhere, and two of three answers are wrong. Labels come in another order.
  const rows = Array.from({ length: 900 }, (_, i) => ({
    version,
    label: 'A',
    input: { x: (i % 10) + (i < 500 ? 0 : 50), plan: 'free' },
    at: new Date(begin + i * minute).toISOString(),
    truth: i >= 500 && i % 3 > 0 ? 'B' : 'A',
  }));
  await feed.labelled([...rows.slice(450), ...rows.slice(0, 450)]);
  const out = path.join(tempFolder(), 'm.html');
  const { json, text } = await modelReport({ model: 'm', version, out }, db.stores);
  const { story, referenceRows } = json;
  expect(referenceRows).toBe(100);
  expect(Math.abs(story.worse!.row - 400)).toBeLessThan(10);
  expect(story.worse!.at).toMatch(/^2026-02-20T08:/);
  expect(story.features.filter(({ since }) => since !== null).map(({ name }) => name)).toEqual(['x']);
  expect(text).toContain(`The report is in ${out}.`);
  const page = readFileSync(out, 'utf8');
  expect(page).toContain(`version ${version} of m`);
  expect(page).toContain('compared with the first 100 rows');

  const refused = (options: object) =>
    modelReport({ model: 'm', version, out: `${out}.2`, ...options }, db.stores);
  await expect(refused({ out })).rejects.toMatchObject({ code: 'DL_FOLDER_NOT_EMPTY' });
  await expect(refused({ reference: 800 })).rejects.toMatchObject({ code: 'DL_TOO_FEW_ROWS' });
  await expect(refused({ version: 'v99' })).rejects.toMatchObject({ code: 'DL_UNKNOWN_VERSION' });
  await expect(refused({ model: 'nobody' })).rejects.toMatchObject({ code: 'DL_UNKNOWN_MODEL' });
});

test('only what classifies is calibrated: a champion that says numbers is never due', async () => {
  const { estimators, models, routes, versions } = db.stores;
  const input = { x: { kind: 'number' as const } };
  await models.apply(
    parseConfig({
      models: [
        { name: 'm', task: { kind: 'classification', labels: ['A', 'B'] }, input },
        { name: 'numbers', task: { kind: 'regression', tolerance: 1 }, input },
      ],
    }),
  );
  for (const model of ['m', 'numbers']) {
    const made = { model, parent: null, runId: null, snapshotId: null, trainSeconds: null };
    const { version } = await versions.register({
      ...made,
      accuracyOnTest: null,
      digest: `calibrated ${model}`,
    });
    await routes.promote(model, version, { by: 'test', because: 'it is the newest' });
    const answered =
      model === 'm'
        ? ({ output: { label: 'A', scores: { A: 0.9, B: 0.1 } }, truth: 'A' } as const)
        : ({ output: { value: 1 }, truth: '1' } as const);
    await feed.labelled([1, 2, 3].map((x) => ({ model, version, input: { x }, ...answered })));
  }
  expect((await estimators.due(3)).map(({ model }) => model)).toEqual(['m']);
});
