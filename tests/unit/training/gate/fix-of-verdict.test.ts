import { expect, test } from 'vitest';
import { errorCodes } from '../../../../domain/error-codes.ts';
import type { Verdict } from '../../../../domain/verdict.ts';
import type { Check } from '../../../../training/gate/check.ts';
import { fixOfVerdict } from '../../../../training/gate/fix-of-verdict.ts';

const broken = (name: string): Check => ({
  name,
  value: 1,
  interval: null,
  bound: 0,
  result: 'fail',
  rows: 9,
  sentence: `${name} is broken.`,
});
const fixOf = (verdict: Verdict, labelsNeeded: number | null = null, checks: Check[] = []) =>
  fixOfVerdict({ verdict, labelsNeeded, checks, main: null as never });

test('a hold says what to give; with a code, what the reference says of it', () => {
  const hold = { kind: 'hold', labelsNeeded: 100, sentence: 'Held.' } as const;
  expect(fixOf(hold, 2_000)).toBe('Give about 2,000 more labelled rows.');
  expect(fixOf(hold)).toContain('cannot be foreseen');
  expect(fixOf({ ...hold, code: 'DL_GATE_ONE_LABEL' }, 400)).toBe(errorCodes.DL_GATE_ONE_LABEL.fix);
});

test('a broken bound says where it is declared; nothing can be done about being better, or simply worse', () => {
  const fixes = {
    'slice:day=Monday': 'gate.slices',
    'golden.pinned': 'retire',
    'artifact.size': 'gate.artifact',
    flips: 'gate.flipsAtMost',
    'fairness:sex': 'gate.fairness',
    'macroF1.lowerBound': 'gate.thresholds',
  };
  for (const [name, named] of Object.entries(fixes)) {
    const check = broken(name);
    const verdict = { kind: 'reject', by: 'guardrail', sentence: `Rejected: ${check.sentence}` } as const;
    expect(fixOf(verdict, null, [broken('other'), check])).toContain(named);
  }
  expect(fixOf({ kind: 'reject', by: 'evidence', sentence: 'Rejected.' })).toBeNull();
  expect(fixOf({ kind: 'promote', by: 'evidence', sentence: 'Promoted.' })).toBeNull();
});
