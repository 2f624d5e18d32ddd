import { expect, test } from 'vitest';
import { gateSchema } from '../../../../domain/gate-config.ts';
import { classification } from '../../../../domain/task.ts';
import { answeredRows } from '../../../../training/gate/answered-rows.ts';
import { noGolden } from '../../../../training/gate/golden-checks.ts';
import { judgeGate, type GateTerms } from '../../../../training/gate/judge-gate.ts';

/** So many rows, all of which only the challenger gets right. */
function judged(rows: number, terms: Partial<GateTerms>) {
  const inTurn = (first: string, second: string) =>
    Array.from({ length: rows }, (_, i) => {
      const label = i % 2 === 0 ? first : second;
      return { label, scores: { [label]: 1 } };
    });
  const [right, wrong] = [inTurn('A', 'B'), inTurn('B', 'A')];
  const test = answeredRows(classification({ labels: ['A', 'B'] }), right, right, wrong);
  return judgeGate({ test, evidence: test, golden: noGolden, artifact: null }, gateSchema.parse({}), {
    kind: 'strict',
    look: 1,
    seed: 1,
    ...terms,
  });
}

test('where rows are worn out the gate holds, however good the few others look, and says how many are wanted', () => {
  const { verdict, labelsNeeded } = judged(60, { wear: { rows: 0, uses: 1, wornOut: 240 } });
  expect(verdict).toEqual({
    kind: 'hold',
    code: 'DL_GATE_WORN_OUT',
    labelsNeeded: 40,
    sentence:
      'Held: 240 held-out rows have judged as many challengers as they may, and judge nobody any more; 40 fresh labels are wanted.',
  });
  expect(labelsNeeded).toBe(40);
  expect(judged(60, { wear: { rows: 60, uses: 1, wornOut: 0 } }).verdict.kind).toBe('promote');
});

test('it goes on when they are there, and ends where it may not wait any longer', () => {
  const wear = { rows: 0, uses: 1, wornOut: 240 };
  expect(judged(100, { wear }).verdict.kind).toBe('promote');
  expect(judged(60, { wear, isExpired: true }).verdict).toMatchObject({
    kind: 'reject',
    by: 'expired',
    code: 'DL_GATE_WORN_OUT',
  });
});

test('what is left is said', () => {
  const said = (terms: Partial<GateTerms>) =>
    judged(120, terms).checks.find(({ name }) => name === 'test.use')?.sentence;
  expect(said({ use: 5, wear: { rows: 1_240, uses: 9, wornOut: 0 } })).toBe(
    'These 1,240 held-out rows may judge 9 challengers, and 4 of them are left after this one. This is number 5, which may spend 0.0012 of the chance of a false promotion.',
  );
  expect(said({ use: 1, wear: { rows: 1, uses: 1, wornOut: 0 } })).toContain(
    'This 1 held-out row may judge 1 challenger, and none is left after this one.',
  );
  // As it was said of looks of before.
  expect(said({ use: 2 })).toMatch(/^The held-out rows judge their 2\. challenger/);
  expect(said({})).toBeUndefined();
});
