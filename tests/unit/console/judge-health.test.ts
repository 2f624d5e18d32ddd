import { expect, test } from 'vitest';
import { judgeHealth } from '../../../console/judge-health.ts';
import type { OpenAlert } from '../../../console/judge-health.ts';
import { figures } from '../../fakes/console-views.ts';

const alert = (kind: string, level: string, since = '2026-11-17T14:20:00.000Z', labels = {}): OpenAlert => ({
  alertname: 'Driftloop',
  labels: { kind, level, ...labels },
  sentence: `${kind} ${level}`,
  since,
});
const silent = { state: 'silent', code: 'DL_X', problem: 'p' } as const;

test.each([
  ['nothing', [], 'steady'],
  ['regret detected', [alert('regret', 'detected')], 'worse'],
  ['quality detected', [alert('quality', 'detected')], 'worse'],
  ['regret suspected', [alert('regret', 'suspected')], 'suspected'],
  ['inputs that moved', [alert('drift', 'detected')], 'suspected'],
  ['no labels', [alert('silence', 'detected')], 'unknown'],
  ['a way back that is closed', [alert('rollback', 'detected')], 'steady'],
  ['too few labels', [alert('silence', 'suspected')], 'steady'],
  ['worse and silent', [alert('silence', 'detected'), alert('regret', 'detected')], 'worse'],
] as const)('%s is judged %3$s', (_, alerts, word) => {
  expect(judgeHealth(alerts, figures()).word).toBe(word);
});

test('a few labels are no health', () => {
  expect(judgeHealth([], figures({ labelledInWindow: 19 })).word).toBe('unknown');
  expect(judgeHealth([], figures({ labelledInWindow: 20 })).word).toBe('steady');
});

test('no data is neither health nor drift', () => {
  expect(judgeHealth([], figures({ accuracy: null })).word).toBe('unknown');
  expect(judgeHealth([alert('regret', 'detected')], silent)).toEqual({
    word: 'unknown',
    since: null,
    because: [],
  });
});

test('it is since the oldest alert behind the word, and each value is said once, by its stronger rule', () => {
  const health = judgeHealth(
    [
      alert('regret', 'detected', '2026-11-18T03:20:00.000Z'),
      alert('regret', 'suspected', '2026-11-17T21:20:00.000Z'),
      alert('quality', 'detected', '2026-11-18T12:20:00.000Z'),
    ],
    figures(),
  );
  expect(health).toEqual({
    word: 'worse',
    since: '2026-11-18T03:20:00.000Z',
    because: ['regret detected', 'quality detected'],
  });
  const moved = judgeHealth(
    [
      alert('drift', 'suspected', undefined, { feature: 'a' }),
      alert('drift', 'detected', undefined, { feature: 'a' }),
    ],
    figures(),
  );
  expect(moved.because).toEqual(['drift detected']);
});
