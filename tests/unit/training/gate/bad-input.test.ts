import { expect, test } from 'vitest';
import { parseConfig } from '../../../../domain/config.ts';
import { errorCodes } from '../../../../domain/error-codes.ts';
import { DriftloopError } from '../../../../domain/errors.ts';
import { gateSchema } from '../../../../domain/gate-config.ts';
import { classification, multiLabel, regression } from '../../../../domain/task.ts';
import type { AnyOutput, DeclaredTask } from '../../../../domain/task.ts';
import { answeredRows, pickRows } from '../../../../training/gate/answered-rows.ts';
import { noGolden } from '../../../../training/gate/golden-checks.ts';
import { judgeGate, type GateTerms } from '../../../../training/gate/judge-gate.ts';

const task = classification({ labels: ['A', 'B'] });
const says = (labels: string, score: unknown = 1) =>
  Array.from(labels, (label) => ({ label, scores: { [label]: score as number } }));

type Given = { truth: string; ours: string; theirs: string; score?: unknown };

/** What the offline gate and the loop say to the same rows. */
function said(
  { truth, ours, theirs, score }: Given,
  config: object,
  look: number | 'only',
  terms: Partial<GateTerms> = {},
): [kind: string, code?: string] {
  try {
    const rows = answeredRows(
      task,
      Array.from(truth, (label) => ({ label })),
      says(ours, score),
      says(theirs),
    );
    const { verdict } = judgeGate(
      { test: rows, evidence: rows, golden: noGolden, artifact: null },
      gateSchema.parse(config),
      { kind: 'strict', look, seed: 1, resamples: 200, ...terms },
    );
    return 'code' in verdict && verdict.code !== undefined ? [verdict.kind, verdict.code] : [verdict.kind];
  } catch (error) {
    if (!(error instanceof DriftloopError)) throw error;
    return ['refused', error.code];
  }
}

const mixed = 'AB'.repeat(100);
const bounded = { thresholds: [{ metric: 'macroF1', lowerBound: 0.1 }] };

test.each<[what: string, given: Given, config: object, kind: string, code: keyof typeof errorCodes]>([
  ['no rows', { truth: '', ours: '', theirs: '' }, {}, 'hold', 'DL_GATE_FEW_ROWS'],
  [
    'a few rows, all won',
    { truth: 'AB'.repeat(12), ours: 'AB'.repeat(12), theirs: 'BA'.repeat(12) },
    bounded,
    'hold',
    'DL_GATE_FEW_ROWS',
  ],
  [
    'one class only',
    { truth: 'A'.repeat(200), ours: 'A'.repeat(200), theirs: 'B'.repeat(200) },
    bounded,
    'hold',
    'DL_GATE_ONE_LABEL',
  ],
  ['all ties', { truth: mixed, ours: mixed, theirs: mixed }, {}, 'hold', 'DL_GATE_TIES'],
  [
    'a score that is NaN',
    { truth: mixed, ours: mixed, theirs: mixed, score: NaN },
    {},
    'refused',
    'DL_GATE_SCORES',
  ],
  [
    'a NaN that became null on its way',
    { truth: mixed, ours: mixed, theirs: mixed, score: null },
    {},
    'refused',
    'DL_GATE_SCORES',
  ],
  [
    'a score above 1',
    { truth: mixed, ours: mixed, theirs: mixed, score: 1.01 },
    {},
    'refused',
    'DL_GATE_SCORES',
  ],
  [
    'rows that do not match',
    { truth: mixed, ours: mixed.slice(1), theirs: mixed },
    {},
    'refused',
    'DL_GATE_ROWS',
  ],
])('%s: never a pass, always a code', (_, given, config, kind, code) => {
  expect(said(given, config, 'only')).toEqual([kind, code]);
  expect(said(given, config, 1)).toEqual([kind, code]);
  expect(errorCodes[code].fix).not.toBe('');
});

const gates = ['strict', 'patient'] as const;
const impossible = { thresholds: [{ metric: 'logLoss', upperBound: -1 }] };

test('one class promotes and rejects nobody, whatever is asked and however long the patience was', () => {
  const oneClass = (ours: string, theirs: string) => ({
    truth: 'A'.repeat(400),
    ours: ours.repeat(400),
    theirs: theirs.repeat(400),
  });
  for (const given of [oneClass('A', 'B'), oneClass('B', 'A'), oneClass('A', 'A')])
    for (const config of [{}, { accuracyAtLeast: 0.5 }, impossible])
      for (const look of ['only', 1, 7] as const)
        for (const kind of gates) {
          expect(said(given, config, look, { kind })).toEqual(['hold', 'DL_GATE_ONE_LABEL']);
          expect(said(given, config, look, { kind, isExpired: true })[0]).toBe('reject');
        }
});

test('a few rows of one class, all won, are no evidence, and neither are new ones where older ones know two', () => {
  const few = { truth: 'A'.repeat(24), ours: 'A'.repeat(24), theirs: 'B'.repeat(24) };
  expect(said(few, {}, 1)).toEqual(['hold', 'DL_GATE_ONE_LABEL']);
  const both = answeredRows(
    task,
    Array.from(mixed + 'A'.repeat(60), (label) => ({ label })),
    says(mixed + 'A'.repeat(60)),
    says('B'.repeat(260)),
  );
  const evidence = pickRows(
    both,
    Array.from({ length: 60 }, (_, i) => 200 + i),
  );
  const { verdict, labelsNeeded } = judgeGate(
    { test: both, evidence, golden: noGolden, artifact: null },
    gateSchema.parse({}),
    { kind: 'strict', look: 1, seed: 1 },
  );
  expect(verdict).toMatchObject({ kind: 'hold', code: 'DL_GATE_ONE_LABEL', labelsNeeded: 60 });
  expect(verdict.sentence).toContain('Every one of the 60 rows that may decide is A');
  expect(labelsNeeded).toBe(60);
});

test('of several labels a row one set alone is one class; numbers and texts have none', () => {
  const judged = (of: DeclaredTask, truth: string, right: AnyOutput, wrong: AnyOutput) => {
    const rows = Array.from({ length: 200 }, () => ({ label: truth }));
    const answered = answeredRows(
      of,
      rows,
      rows.map(() => right),
      rows.map(() => wrong),
    );
    return judgeGate(
      { test: answered, evidence: answered, golden: noGolden, artifact: null },
      gateSchema.parse({}),
      {
        kind: 'strict',
        look: 1,
        seed: 1,
      },
    ).verdict;
  };
  const tags = multiLabel({ labels: ['A', 'B'] });
  expect(
    judged(tags, '["A"]', { labels: ['A'], scores: { A: 1, B: 0 } }, { labels: [], scores: { A: 0, B: 0 } }),
  ).toMatchObject({ kind: 'hold', code: 'DL_GATE_ONE_LABEL' });
  const numbers = regression({ tolerance: 1 });
  expect(judged(numbers, '7', { value: 7 }, { value: 9 }).kind).toBe('promote');
});

test('too few rows for the bounds are a hold too when the patience ends', () => {
  const given = { truth: 'AB'.repeat(40), ours: 'AB'.repeat(40), theirs: 'BA'.repeat(40) };
  for (const kind of gates)
    expect(said(given, bounded, 1, { kind, patience: 20 })).toEqual(['hold', 'DL_GATE_FEW_ROWS']);
});

test('two versions that answer every row alike are held, by a patient gate too', () => {
  const given = { truth: mixed, ours: mixed, theirs: mixed };
  for (const kind of gates)
    expect(said(given, {}, 1, { kind, patience: 100 })).toEqual(['hold', 'DL_GATE_TIES']);
  // With a margin equal is enough: a smaller version may answer the same.
  expect(said(given, { notWorseBy: 0.05 }, 1)).toEqual(['promote']);
});

test.each([
  ['bounds that leave no room', { thresholds: [{ metric: 'macroF1', lowerBound: 0.9, upperBound: 0.8 }] }],
  [
    'two bounds that leave none',
    {
      thresholds: [
        { metric: 'macroF1', lowerBound: 0.9 },
        { metric: 'macroF1', upperBound: 0.8 },
      ],
    },
  ],
  [
    'the short bound and a long one',
    { accuracyAtLeast: 0.9, thresholds: [{ metric: 'accuracy', upperBound: 0.8 }] },
  ],
  ['a bound above 1', { thresholds: [{ metric: 'accuracy', lowerBound: 1.1 }] }],
  ['a bound of nothing', { thresholds: [{ metric: 'accuracy' }] }],
  ['a source that is trusted and left out', { trustedSources: ['app'], withoutSources: ['app'] }],
  ['a slice of nothing', { slices: ['colour'] }],
  ['an alpha that is none', { alpha: 1.2 }],
])('a policy that contradicts itself is refused before it is in force: %s', (_, gate) => {
  const config = {
    models: [
      {
        name: 'm',
        task: { kind: 'classification', labels: ['A', 'B'] },
        input: { x: { kind: 'number' } },
        gate,
      },
    ],
  };
  expect(() => parseConfig(config as never)).toThrow(
    expect.objectContaining({ code: 'DL_CONFIG_INVALID' }) as Error,
  );
});
