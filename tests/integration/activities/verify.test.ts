import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createGateActivities } from '../../../activities/evaluate-challenger.ts';
import { verifyRun } from '../../../activities/verify-run.ts';
import { openActivityWorld, regret, why } from '../../support/activity-world.ts';
import type { ActivityWorld } from '../../support/activity-world.ts';
import { typingAt } from '../../support/typing-at.ts';
import { startTestPostgres } from '../../support/test-database.ts';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let world: ActivityWorld;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres?.stop());
beforeEach(async () => {
  world = await openActivityWorld(postgres.databaseUrl, {
    entity: 'household',
    gate: {
      slices: ['group'],
      minSliceRows: 10,
      thresholds: [{ metric: 'macroF1', lowerBound: 0.2 }],
      minRows: 10,
    },
  });
});
afterEach(() => world.close());

let made = 0;
const rows = (truths: string, group = 'g') =>
  Array.from(truths, (truth) => {
    made += 1;
    return { truth, input: { x: made, group }, context: { household: `h${made}` } };
  });

/** v1 says A, v2 says B; three looks at rows of which most are B, a hold first; one label is corrected in between. */
async function judged() {
  const { stores, configDigest } = world;
  await world.addVersion('A');
  await stores.routes.promote('m', 'v1', why);
  await world.label(rows('AAAAAAAAAABB'));
  await stores.runs.begin({ id: 'r1', model: 'm', trigger: regret, configDigest, labelledAtStart: 12 });
  const examples = await stores.examples.range('m', { fromSeq: 1 });
  const parts = {
    train: examples.slice(0, 9),
    validation: examples.slice(9),
    rehearsal: [],
    golden: [],
  };
  const cut = { runId: 'r1', model: 'm', fromSeq: 1, cutSeq: 12, onsetSeq: 1, parts };
  const { id: snapshotId } = await stores.snapshots.cut(cut);
  await stores.runs.update('r1', { snapshotId });
  const { version, digest } = await world.addVersion('B', { runId: 'r1', snapshotId });
  const look = async (number: number) =>
    createGateActivities(world.ports).evaluateChallenger({
      runId: 'r1',
      model: 'm',
      configDigest,
      challenger: { version, digest },
      champion: 'v1',
      look: number,
      cutSeq: 12,
      onsetSeq: 1,
      isChosenByErrors: false,
      gate: 'strict',
      isExpired: false,
    });
  await world.label(rows('BBBABABBBA'));
  expect((await look(1)).verdict.kind).toBe('hold');
  await world.query(
    `update examples set label = 'B' where prediction_id in
       (select prediction_id from champion_scores where seq = 16)`,
  );
  await world.label([...rows('BBBBBBABBBBBB'), ...rows('ABBBBABBBBBA', 'h')]);
  const last = await look(2);
  expect(last.verdict.kind).toBe('promote');
  return { snapshotId };
}

const verify = () => verifyRun(world.ports, 'r1');
const paths = async () => (await verify()).differences.map(({ look, path }) => `${look ?? ''} ${path}`);

test('what was stored is what comes out again, each look with its own labels; rows are kept once', async () => {
  await judged();
  const verification = await verify();
  expect(verification.differences).toEqual([]);
  expect(verification).toMatchObject({ isEqual: true, looks: 2, erased: { tested: 0, trained: 0 } });
  expect(verification.sentence).toBe('r1: 2 looks recomputed, equal.');
  const { rows: kept } = await world.query('select from_look, until_look from tested_rows order by 1, 2');
  expect(kept.filter((row) => row.from_look === 1)).toHaveLength(10);
  expect(kept.filter((row) => row.until_look === 2)).toHaveLength(1);
  expect(kept).toHaveLength(36);
});

test('of the last rows of a look only those are read whose inputs are still there', async () => {
  await judged();
  await world.query(
    `update predictions set input = null, erased_at = now() where prediction_id in
       (select prediction_id from champion_scores where seq in (31, 45, 46))`,
  );
  const { runs } = world.stores;
  const all = await runs.tested('r1', 2);
  const newest = await runs.tested('r1', 2, { newestKept: 3 });
  expect([all.length, newest.map(({ seq }) => seq)]).toEqual([35, [43, 44, 47]]);
  expect(all).toEqual(expect.arrayContaining(newest));
});

test('erased rows are counted, and what can still be recomputed is', async () => {
  await judged();
  await world.query(
    `update predictions set input = null, erased_at = now() where prediction_id in
       (select prediction_id from champion_scores where seq in (2, 15, 30))`,
  );
  expect(await verify()).toMatchObject({
    isEqual: true,
    erased: { tested: 2, trained: 1 },
    sentence: 'r1: 2 looks recomputed, equal except 3 erased.',
  });
  await world.query(`update evaluations set report = jsonb_set(report, '{eValue}', '99') where look = 2`);
  expect(await paths()).toContain('2 report.eValue');
});

/** Each is what somebody with a hand in the database might change, and where it is seen. */
const tampering: Record<string, readonly [sql: string, where: string[]]> = {
  'a score': [
    `update tested_rows set ours = '{"label": "A", "scores": {"A": 1}}' where part = 'test' and from_look = 2`,
    ['2 rows.', '2 verdict.kind'],
  ],
  'a label': [`update tested_rows set label = 'A' where from_look = 1`, ['1 testDigest']],
  'a row that is taken away': [`delete from tested_rows where seq = 20`, ['1 rows', '2 answersDigest']],
  'a verdict': [
    `update verdicts set kind = 'promote', verdict = '{"kind": "promote", "by": "evidence", "sentence": "Better."}' where look = 1`,
    ['1 verdict.kind', '1 verdict.sentence'],
  ],
  'the verdict of the run': [
    `update runs set verdict = '{"kind": "hold", "labelsNeeded": 3, "sentence": "x"}'`,
    [' verdict.kind'],
  ],
  'a number of the report': [
    `update evaluations set report = jsonb_set(report, '{checks,0,value}', '0.9') where look = 1`,
    ['1 reportDigest', '1 report.checks.0.value'],
  ],
  'the config': [
    `update configs set config = jsonb_set(config, '{models,0,gate,alpha}', '0.4')`,
    [' configDigest'],
  ],
  'the manifest': [
    `update snapshot_examples set seq = 99 where position = 0 and part = 'train'`,
    [` snapshots.`],
  ],
  'an input': [
    `update predictions set input = '{"x": -1, "group": "h"}' where prediction_id in
       (select prediction_id from champion_scores where seq in (3, 15))`,
    [' snapshots.', '1 rows.'],
  ],
  'the artifact': [`update versions set digest = 'other' where version = 'v2'`, ['2 challengerDigest']],
  'a row that was trained on': [
    `insert into snapshot_examples
       select snapshot_id, part, position + 100, seq, (select prediction_id from champion_scores where seq = 20), bucket, hash
         from snapshot_examples where position = 0 and part = 'train'`,
    ['2 rows that were trained on'],
  ],
};

test('whatever is changed is found', async () => {
  await judged();
  const tables = [
    'configs',
    'versions',
    'runs',
    'evaluations',
    'verdicts',
    'predictions',
    'snapshot_examples',
  ];
  tables.push('tested_rows');
  const each = (sql: (table: string) => string) => world.query(tables.map(sql).join(';'));
  await each((table) => `create table as_it_was_${table} as table ${table}`);
  for (const [what, [sql, where]] of Object.entries(tampering)) {
    await world.query(sql);
    const found = await paths();
    for (const path of where)
      expect(
        found.some((one) => one.startsWith(path)),
        `${what}: ${path} in ${found.join(', ')}`,
      ).toBe(true);
    await each(
      (table) => `set local session_replication_role = replica;
        delete from ${table}; insert into ${table} table as_it_was_${table}`,
    );
  }
  expect(await paths()).toEqual([]);
});

test('a run that judged nothing has nothing to be verified but its manifest; one that is not there is named', async () => {
  const { stores, configDigest } = world;
  await stores.runs.begin({ id: 'r1', model: 'm', trigger: regret, configDigest, labelledAtStart: 0 });
  expect(await verify()).toMatchObject({ isEqual: true, looks: 0 });
  await expect(verifyRun(world.ports, 'r9')).rejects.toMatchObject({ code: 'DL_UNKNOWN_RUN' });
});

test('the command says equal, or shows what differs and ends with 1', async () => {
  await judged();
  const { type } = typingAt(world.db);
  const equal = await type('verify', 'r1');
  expect(equal).toMatchObject({
    code: 0,
    out: expect.stringContaining('2 looks recomputed, equal.') as string,
  });
  await world.query("update verdicts set kind = 'promote' where look = 1");
  const { code, out } = await type('verify', 'r1');
  expect(code).toBe(1);
  expect(out).toMatch(/r1 is NOT what is stored: 1 thing differs in 2 looks\./);
  expect(out).toMatch(/1\s+verdict\.kind\s+"promote"\s+"hold"/);
});
