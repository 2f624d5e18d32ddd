import { expect, test } from 'vitest';
import { gateSchema } from '../../../../domain/gate-config.ts';
import { uniform } from '../../../../statistics/binomial-draw.ts';
import { answeredRows, type GateRow } from '../../../../training/gate/answered-rows.ts';
import { noGolden } from '../../../../training/gate/golden-checks.ts';
import { judgeGate, type GateTerms } from '../../../../training/gate/judge-gate.ts';
import { classification } from '../../../../domain/task.ts';

const task = classification({ labels: ['A', 'B'] });
const once: GateTerms = { kind: 'strict', look: 1, seed: 1, resamples: 1_000 };

/** Rows of both labels by turns, and the shares of them that each version gets right. */
function world(
  rows: number,
  { ours, theirs, seed = 3 }: { ours: number; theirs: number; seed?: number },
  row: (i: number) => Partial<GateRow> = () => ({}),
) {
  const draw = uniform(seed);
  const labelled = Array.from({ length: rows }, (_, i) => ({ label: i % 2 === 0 ? 'A' : 'B', ...row(i) }));
  const answers = (share: number) =>
    labelled.map(({ label }) => {
      const answer = draw() < share ? label : label === 'A' ? 'B' : 'A';
      return { label: answer, scores: { A: answer === 'A' ? 0.8 : 0.2, B: answer === 'A' ? 0.2 : 0.8 } };
    });
  return answeredRows(task, labelled, answers(ours), answers(theirs));
}

const judge = (
  rows: ReturnType<typeof world>,
  config: Parameters<typeof gateSchema.parse>[0] = {},
  terms: Partial<GateTerms> = {},
) =>
  judgeGate({ test: rows, evidence: rows, golden: noGolden, artifact: null }, gateSchema.parse(config), {
    ...once,
    ...terms,
  });

test('a better challenger is promoted, with what was looked at', () => {
  const { verdict, checks, labelsNeeded } = judge(world(600, { ours: 0.95, theirs: 0.8 }));
  expect(verdict).toMatchObject({ kind: 'promote', by: 'evidence' });
  expect(labelsNeeded).toBeNull();
  expect(checks).toHaveLength(1);
  expect(checks[0]).toMatchObject({ name: 'accuracy.difference', result: 'pass', bound: -0 });
  expect(checks[0]!.interval!.low).toBeGreaterThan(0);
});

test('an equal challenger is held, or with a margin promoted as not worse', () => {
  const equal = world(4_000, { ours: 0.9, theirs: 0.9 });
  expect(judge(equal).verdict.kind).toBe('hold');
  const { verdict } = judge(equal, { notWorseBy: 0.05 });
  expect(verdict).toMatchObject({ kind: 'promote' });
  expect(verdict.sentence).toContain('not more than 5.0 points worse');
});

test('a bound is kept, broken, or open, by its whole interval; open ones say how many labels are missing', () => {
  const rows = world(1_000, { ours: 0.95, theirs: 0.8 });
  const at = (lowerBound: number) => judge(rows, { thresholds: [{ metric: 'macroF1', lowerBound }] });
  expect(at(0.9).verdict.kind).toBe('promote');
  expect(at(0.99).verdict).toMatchObject({ kind: 'reject', by: 'guardrail' });
  const open = at(0.945);
  expect(open.verdict.kind).toBe('hold');
  expect(open.labelsNeeded).toBeGreaterThan(0);
  expect(open.checks.find(({ name }) => name === 'macroF1.lowerBound')).toMatchObject({ result: 'hold' });
});

test('a change is asked for absolutely or as a share, in the direction in which a metric is better', () => {
  const rows = world(2_000, { ours: 0.95, theirs: 0.8 });
  const results = (change: object, metric = 'accuracy') =>
    judge(rows, { thresholds: [{ metric, change }] })
      .checks.filter(({ name }) => name.includes('change'))
      .map(({ result }) => result);
  expect(results({ absolute: 0.1 })).toEqual(['pass']);
  expect(results({ absolute: 0.2 })).toEqual(['fail']);
  expect(results({ relative: 0.1 })).toEqual(['pass']);
  expect(results({ absolute: 0.1, relative: 0.5 })).toEqual(['pass', 'fail']);
  // Log loss fell by about .2.
  expect(results({ absolute: -0.1 }, 'logLoss')).toEqual(['pass']);
  expect(results({ absolute: -0.1, direction: 'higher' }, 'logLoss')).toEqual(['fail']);
  expect(results({ relative: -0.1 }, 'brier')).toEqual(['pass']);
});

test('harm in one slice blocks, and a small slice is only reported', () => {
  const rows = Array.from({ length: 2_000 }, (_, i): GateRow => ({
    label: i % 2 === 0 ? 'A' : 'B',
    input: { day: i % 10 === 0 ? 'Monday' : i % 100 === 1 ? 'Sunday' : 'other' },
  }));
  const draw = uniform(9);
  const flip = (label: string) => (label === 'A' ? 'B' : 'A');
  const answers = (share: (row: GateRow) => number) =>
    rows.map((row) => {
      const label = draw() < share(row) ? row.label : flip(row.label);
      return { label, scores: { A: label === 'A' ? 0.8 : 0.2, B: label === 'A' ? 0.2 : 0.8 } };
    });
  const answered = answeredRows(
    task,
    rows,
    answers(({ input }) => (input!['day'] === 'other' ? 0.97 : 0.5)),
    answers(() => 0.85),
  );
  const { verdict, checks } = judge(answered, { slices: ['day'] });
  expect(verdict).toMatchObject({ kind: 'reject', by: 'guardrail' });
  expect(verdict.sentence).toContain('Where day is Monday (200 rows) the challenger is worse');
  expect(checks.find(({ name }) => name === 'slice:day=Sunday')!.result).toBe('reported');
  expect(checks.find(({ name }) => name === 'slice:day=other')).toMatchObject({ result: 'pass' });
  expect(checks.find(({ name }) => name === 'slice:day=other')!.sentence).toContain('there is no harm');
});

test('negative flips, gaps between groups, size and speed block', () => {
  const rows = world(3_000, { ours: 0.95, theirs: 0.8 }, (i) => ({
    input: { sex: i % 3 === 0 ? 'f' : 'm' },
  }));
  expect(judge(rows, { flipsAtMost: 0.1 }).verdict.kind).toBe('promote');
  expect(judge(rows, { flipsAtMost: 0.01 }).verdict.sentence).toContain(
    'The share of answers that were right',
  );
  expect(judge(rows, { fairness: [{ feature: 'sex', gapAtMost: 0.08 }] }).verdict.kind).toBe('promote');
  const unfair = answeredRows(
    task,
    rows.rows,
    rows.rows.map(({ label, input }, i) => {
      const answer = input!['sex'] === 'f' && i % 2 === 0 ? (label === 'A' ? 'B' : 'A') : label;
      return { label: answer, scores: { A: answer === 'A' ? 1 : 0, B: answer === 'A' ? 0 : 1 } };
    }),
    rows.rows.map(() => ({ label: 'A', scores: { A: 1, B: 0 } })),
  );
  expect(judge(unfair, { fairness: [{ feature: 'sex', gapAtMost: 0.1 }] }).verdict).toMatchObject({
    kind: 'reject',
    by: 'guardrail',
  });
  const artifact = { bytes: 30e6, p99Ms: 12 };
  const of = (bounds: object) =>
    judgeGate(
      { test: rows, evidence: rows, golden: noGolden, artifact },
      gateSchema.parse({ artifact: bounds }),
      once,
    ).verdict;
  expect(of({ megabytesAtMost: 31, p99MsAtMost: 15 }).kind).toBe('promote');
  expect(of({ megabytesAtMost: 20 }).sentence).toBe(
    'Rejected: The artifact is 30.0 MB, and may be 20 MB at most.',
  );
  expect(of({ p99MsAtMost: 10 }).kind).toBe('reject');
});

test('groups that are too small to compare hold whatever the patience, and say how many labels would do', () => {
  const rows = world(1_000, { ours: 0.95, theirs: 0.8 }, (i) => ({
    input: { sex: i % 20 === 0 ? 'f' : 'm' },
  }));
  const asked = { fairness: [{ feature: 'sex', gapAtMost: 0.1 }] };
  for (const kind of ['strict', 'patient'] as const) {
    // Of the 1,000 rows 50 are of the second group, and 100 are needed.
    const { verdict, labelsNeeded } = judge(rows, asked, { kind });
    expect(verdict).toMatchObject({ kind: 'hold', labelsNeeded: 1_000 });
    expect(labelsNeeded).toBe(1_000);
  }
  const worse = world(1_000, { ours: 0.8, theirs: 0.95 });
  expect(judge(worse, asked).verdict).toMatchObject({ kind: 'reject', by: 'evidence' });
});

test('a pinned row that is answered wrong blocks; harm among sampled ones too, unless the world has changed', () => {
  const better = world(600, { ours: 0.95, theirs: 0.8 });
  const pinned = world(10, { ours: 0.5, theirs: 1 });
  const sampled = world(400, { ours: 0.6, theirs: 0.9 });
  const of = (golden: object) =>
    judgeGate(
      { test: better, evidence: better, golden: { ...noGolden, ...golden }, artifact: null },
      gateSchema.parse({}),
      once,
    ).verdict;
  expect(of({ pinned }).sentence).toContain('of 10 pinned cases');
  expect(of({ sampled })).toMatchObject({ kind: 'reject', by: 'guardrail' });
  expect(of({ sampled, hasConceptDrift: true }).kind).toBe('promote');
});

test('too little is never a pass: few rows, one label, all alike, nothing', () => {
  const bounds = { thresholds: [{ metric: 'accuracy', lowerBound: 0.5 }] };
  const few = judge(world(40, { ours: 1, theirs: 0.3 }), bounds);
  expect(few.verdict).toMatchObject({ kind: 'hold', labelsNeeded: 60 });
  const rows = Array.from({ length: 400 }, () => ({ label: 'A' }));
  const always = (label: string) => rows.map(() => ({ label, scores: { A: 0.5, B: 0.5 } }));
  expect(judge(answeredRows(task, rows, always('A'), always('B')), bounds).verdict).toMatchObject({
    kind: 'hold',
  });
  expect(judge(answeredRows(task, rows, always('A'), always('A'))).verdict.kind).toBe('hold');
  expect(judge(answeredRows(task, [], [], [])).verdict.kind).toBe('hold');
});

test('rows that have judged others before prove less of bounds, flips and slices, and harm is seen as clearly', () => {
  const rows = world(1_000, { ours: 0.95, theirs: 0.8 }, (i) => ({
    input: { sex: i % 2 === 0 ? 'f' : 'm' },
  }));
  const config = {
    thresholds: [{ metric: 'macroF1', lowerBound: 0.93 }],
    flipsAtMost: 0.06,
    fairness: [{ feature: 'sex', gapAtMost: 0.06 }],
    slices: ['sex'],
  };
  const of = (use?: number) => judge(rows, config, use === undefined ? {} : { use }).checks;
  const width = (checks: ReturnType<typeof of>, name: string) => {
    const { low, high } = checks.find((check) => check.name === name)!.interval!;
    return high - low;
  };
  for (const name of ['macroF1.lowerBound', 'flips', 'fairness:sex', 'slice:sex=f'])
    expect(width(of(9), name), name).toBeGreaterThan(1.2 * width(of(), name));
  const results = (checks: ReturnType<typeof of>) =>
    Object.fromEntries(checks.map(({ name, result }) => [name, result]));
  expect(results(of())).toMatchObject({ 'macroF1.lowerBound': 'pass', flips: 'pass' });
  expect(results(of(9))).toMatchObject({ 'macroF1.lowerBound': 'hold', flips: 'hold' });

  const golden = { ...noGolden, sampled: world(40, { ours: 0.72, theirs: 1 }) };
  const harmed = (use: number | undefined) =>
    judgeGate({ test: rows, evidence: rows, golden, artifact: null }, gateSchema.parse({}), {
      ...once,
      ...(use === undefined ? {} : { use }),
    }).checks.find(({ name }) => name === 'golden.sampled')!;
  expect([harmed(undefined).result, harmed(9).result]).toEqual(['fail', 'fail']);
  expect(harmed(9).interval!.low).toBeLessThan(harmed(undefined).interval!.low);
});

test('what is open when the time is over is no pass; at the end of the patience the side decides on which it lies', () => {
  const rows = world(1_000, { ours: 0.95, theirs: 0.8 });
  const bounds = { thresholds: [{ metric: 'macroF1', lowerBound: 0.945 }] };
  expect(judge(rows, bounds, { isExpired: true }).verdict).toMatchObject({ kind: 'reject', by: 'expired' });
  expect(judge(rows, bounds, { kind: 'patient' }).verdict.kind).toBe('promote');
  const short = { thresholds: [{ metric: 'macroF1', lowerBound: 0.955 }] };
  expect(judge(rows, short, { kind: 'patient' }).verdict.kind).toBe('reject');
});

test('rows of one entity count once, so that a customer with a thousand rows proves no more than one', () => {
  const alone = judge(world(600, { ours: 0.95, theirs: 0.8 }));
  const same = judge(world(600, { ours: 0.95, theirs: 0.8 }, (i) => ({ entity: `c${i % 6}` })));
  expect(alone.verdict.kind).toBe('promote');
  expect(same.verdict.kind).toBe('hold');
  expect(same.checks[0]!.rows).toBe(6);
});

test('scores that are none, and answers that are missing, are refused with what to do', () => {
  const rows = [{ label: 'A' }, { label: 'B' }];
  const fine = rows.map(({ label }) => ({ label, scores: { A: 0.5, B: 0.5 } }));
  const broken = [fine[0]!, { label: 'B', scores: { A: Number.NaN, B: 1 } }];
  expect(() => answeredRows(task, rows, broken, fine)).toThrow(
    expect.objectContaining({ code: 'DL_GATE_SCORES', message: expect.stringContaining('NaN in row 2') }),
  );
  expect(() => answeredRows(task, rows, fine, fine.slice(1))).toThrow(
    expect.objectContaining({ code: 'DL_GATE_ROWS' }),
  );
});

test('the same rows give the same report, to the digit', () => {
  const config = {
    thresholds: [
      { metric: 'macroF1', lowerBound: 0.5 },
      { metric: 'ece', upperBound: 0.5 },
    ],
  };
  const report = () => judge(world(500, { ours: 0.9, theirs: 0.8 }), config);
  expect(report()).toEqual(report());
});
