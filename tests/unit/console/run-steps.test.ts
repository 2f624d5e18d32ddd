import { describe, expect, test } from 'vitest';
import { placeStretches } from '../../../console/charts/time-strip.tsx';
import type { StoredEvent } from '../../../console/run/run-record.ts';
import { runSteps, stretchesOf } from '../../../console/run/run-steps.ts';
import { run } from '../../fakes/console-views.ts';

const minute = 60_000;
const began = Date.parse('2026-11-18T03:00:00.000Z');
const event = (phase: StoredEvent['phase'], minutes: number, data?: StoredEvent['data']): StoredEvent => ({
  key: `${phase}-${minutes}`,
  phase,
  sentence: `At ${minutes}`,
  at: new Date(began + minutes * minute).toISOString(),
  ...(data === undefined ? {} : { data }),
});
const events = [
  event('triage', 0, { trigger: 'regret' }),
  event('waiting-for-labels', 1),
  event('snapshot', 61),
  event('fine-tuning', 62),
  event('evaluating', 102, { steps: 4_000 }),
  event('holding', 112, { verdict: 'hold', look: 1 }),
  event('holding', 132, { verdict: 'hold', look: 2 }),
  event('evaluating', 162, { verdict: 'promote', look: 3 }),
  event('servability', 163),
  event('waiting-for-approval', 163),
];
const open = run({ phase: 'waiting-for-approval', version: 'v13' });
const now = began + 463 * minute;

describe('the steps of a run', () => {
  const steps = runSteps({ run: open, events, now });
  const took = Object.fromEntries(steps.map(({ title, from, to }) => [title, (to - from) / minute]));

  test('last until the next one, and the last one until now', () => {
    expect(took).toMatchObject({ 'Wait for labels': 60, 'Fine-tune': 40, Trained: 10, Approval: 300 });
    expect(steps.filter(({ isOpen }) => isOpen).map(({ title }) => title)).toEqual(['Approval']);
  });

  test('what is told when it is over has taken the time before it', () => {
    expect(took).toMatchObject({ 'Gate: promote': 0, Servable: 1 });
  });

  test('looks that all hold are one wait, which says what the last of them said', () => {
    const holds = steps.filter(({ title }) => title === 'Gate: hold');
    expect(holds).toHaveLength(1);
    expect([(holds[0]!.to - holds[0]!.from) / minute, holds[0]!.says]).toEqual([50, 'At 132.']);
  });

  test('a challenger that waits for rows to be tested on waits for labels, and does not work', () => {
    expect(steps.find(({ title }) => title === 'Trained')!.taking).toBe('labels');
  });

  test('a training that is paused is no work', () => {
    const paused = [event('fine-tuning', 0), event('fine-tuning', 5, { paused: true })];
    const stretches = stretchesOf(runSteps({ run: run({ phase: 'fine-tuning' }), events: paused, now }));
    expect(stretches.map(({ taking }) => taking)).toEqual(['work', 'paused']);
  });

  test('a run that is over ends when it ended, however late it is read', () => {
    const over = run({
      phase: 'ended',
      endedAt: new Date(began + 170 * minute).toISOString(),
      outcome: { kind: 'failed', sentence: 'No memory.' },
    });
    const all = [...events.slice(0, 4), event('ended', 170)];
    const ended = runSteps({ run: over, events: all, now });
    expect(ended.at(-1)).toMatchObject({ title: 'End', mark: { icon: 'bad' }, isOpen: false });
    expect(ended.at(-1)!.to).toBe(began + 170 * minute);
  });

  test('what took less than a second is lost by no stretch', () => {
    const at = (seconds: number) => seconds / 60;
    const quick = [
      event('triage', 0),
      event('snapshot', at(0.6)),
      event('fine-tuning', at(1.2)),
      event('evaluating', at(3.7), { steps: 9 }),
      event('evaluating', at(4.2), { verdict: 'promote', look: 1 }),
      event('rollout', at(4.9)),
    ];
    const rolling = runSteps({ run: run({ phase: 'rollout' }), events: quick, now: began + 9_000 });
    expect(stretchesOf(rolling)).toEqual([
      { taking: 'work', ms: 4_900 },
      { taking: 'rollout', ms: 4_100 },
    ]);
  });

  test('stretches are as long as the run together, and each can be seen', () => {
    const stretches = stretchesOf(steps);
    expect(stretches.map(({ taking }) => taking)).toEqual([
      'work',
      'labels',
      'work',
      'labels',
      'held',
      'work',
      'person',
    ]);
    expect(stretches.reduce((sum, { ms }) => sum + ms, 0)).toBe(now - began);
    const placed = placeStretches(stretches, 358);
    expect(Math.min(...placed.map(({ width }) => width))).toBeGreaterThanOrEqual(6);
    const last = placed.at(-1)!;
    expect(last.x + last.width).toBeCloseTo(358, 6);
  });
});
