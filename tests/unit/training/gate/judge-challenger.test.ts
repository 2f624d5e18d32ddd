import { expect, test } from 'vitest';
import type { Verdict } from '../../../../domain/verdict.ts';
import { judgeChallenger } from '../../../../training/gate/judge-challenger.ts';

test('evidence decides both kinds of gate at once, either way', () => {
  for (const kind of ['strict', 'patient'] as const) {
    expect(judgeChallenger({ wins: 7, losses: 0, rows: 20, kind })).toMatchObject({
      kind: 'promote',
      by: 'evidence',
    });
    expect(judgeChallenger({ wins: 0, losses: 7, rows: 20, kind })).toMatchObject({
      kind: 'reject',
      by: 'evidence',
    });
  }
});

test('the patient gate takes the side that is ahead after 300 rows, the challenger when they are even', () => {
  const at = (wins: number, losses: number) => judgeChallenger({ wins, losses, rows: 300, kind: 'patient' });
  expect(at(12, 10)).toMatchObject({ kind: 'promote', by: 'patience' });
  expect(at(10, 10)).toMatchObject({ kind: 'promote', by: 'patience' });
  expect(at(10, 12)).toMatchObject({ kind: 'reject', by: 'patience' });
});

test('two that are right and wrong on the same rows are held, whatever patience says; with a margin equal is enough', () => {
  for (const kind of ['strict', 'patient'] as const) {
    const alike = { wins: 0, losses: 0, rows: 400, kind };
    const verdict = judgeChallenger(alike);
    expect(verdict).toMatchObject({ kind: 'hold', isForecast: false, labelsNeeded: 400 });
    expect(verdict.sentence).toBe(
      'Held: both versions are right and wrong on the same 400 rows, which neither has seen; that proves nothing of either.',
    );
    expect(judgeChallenger({ ...alike, isExpired: true })).toMatchObject({ kind: 'reject', by: 'expired' });
    expect(judgeChallenger({ ...alike, notWorseBy: 0.05 }).kind).toBe('promote');
  }
});

test('the strict gate holds as long as nothing is shown, and rejects when the time is over', () => {
  const even = { wins: 60, losses: 50, rows: 5_000, kind: 'strict' } as const;
  expect(judgeChallenger(even).kind).toBe('hold');
  expect(judgeChallenger({ ...even, isExpired: true })).toMatchObject({ kind: 'reject', by: 'expired' });
});

test('a hold says how many more labels would settle it', () => {
  const verdict = judgeChallenger({ wins: 12, losses: 6, rows: 180, kind: 'strict' });
  expect(verdict).toMatchObject({ kind: 'hold', isForecast: true });
  if (verdict.kind !== 'hold') return;
  expect(verdict.sentence).toBe(
    `Held: about ${verdict.labelsNeeded} more labels would settle it; so far, on 180 rows that neither has seen, ` +
      'it alone was right on 12, the champion alone on 6 (+3.3 points).',
  );
});

test('a patient hold never asks for more labels than its patience has left', () => {
  expect(judgeChallenger({ wins: 3, losses: 3, rows: 280, kind: 'patient' })).toMatchObject({
    kind: 'hold',
    labelsNeeded: 20,
  });
});

test('a strict hold without a forecast says so, and when to look again', () => {
  const verdict = judgeChallenger({ wins: 3, losses: 3, rows: 280, kind: 'strict' });
  expect(verdict).toMatchObject({ kind: 'hold', isForecast: false, labelsNeeded: 280 });
  expect(verdict.sentence).toContain('cannot be said yet');
  expect(judgeChallenger({ wins: 0, losses: 0, rows: 0, kind: 'strict' })).toMatchObject({
    labelsNeeded: 100,
  });
});

test('every verdict is one of domain’s', () => {
  const verdict: Verdict = judgeChallenger({ wins: 0, losses: 0, rows: 0, kind: 'patient' });
  expect(verdict.kind).toBe('hold');
});
