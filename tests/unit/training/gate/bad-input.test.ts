import { expect, test } from 'vitest';
import { parseConfig } from '../../../../domain/config.ts';
import { errorCodes } from '../../../../domain/error-codes.ts';
import { DriftloopError } from '../../../../domain/errors.ts';
import { gateSchema } from '../../../../domain/gate-config.ts';
import { classification } from '../../../../domain/task.ts';
import { answeredRows } from '../../../../training/gate/answered-rows.ts';
import { noGolden } from '../../../../training/gate/golden-checks.ts';
import { judgeGate } from '../../../../training/gate/judge-gate.ts';

const task = classification({ labels: ['A', 'B'] });
const says = (labels: string, score: unknown = 1) =>
  Array.from(labels, (label) => ({ label, scores: { [label]: score as number } }));

type Given = { truth: string; ours: string; theirs: string; score?: unknown };

/** What the offline gate and the loop say to the same rows. */
function said(
  { truth, ours, theirs, score }: Given,
  config: object,
  look: 1 | 'only',
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
      { kind: 'strict', look, seed: 1, resamples: 200 },
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

test('one look at one class promotes nobody, whatever was asked', () => {
  const given = { truth: 'A'.repeat(200), ours: 'A'.repeat(200), theirs: 'B'.repeat(200) };
  expect(said(given, {}, 'only')).toEqual(['hold', 'DL_GATE_ONE_LABEL']);
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
