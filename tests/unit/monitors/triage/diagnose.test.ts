import { describe, expect, test } from 'vitest';
import { diagnoses } from '../../../../domain/triage.ts';
import type { Diagnosis } from '../../../../domain/triage.ts';
import { diagnose } from '../../../../monitors/triage/diagnose.ts';
import type { AlarmEvidence, JudgedRow } from '../../../../monitors/triage/diagnose.ts';
import { NO_LABEL } from '../../../../monitors/triage/label-shift.ts';
import { changes, storyOf } from '../../../fakes/drifting-world.ts';

const SEEDS = 8;

/** How many of the stories of each change get which diagnosis. */
const found = new Map(
  Object.entries(changes).map(([name, change]) => {
    const said = Object.fromEntries(diagnoses.map((diagnosis) => [diagnosis, 0])) as Record<
      Diagnosis,
      number
    >;
    for (let seed = 1; seed <= SEEDS; seed += 1) said[storyOf(change, seed).diagnosis] += 1;
    return [name, said] as const;
  }),
);
const rightOf = (name: string) => found.get(name)![changes[name]!.is];

describe('on changes whose truth is known', () => {
  const surely = Object.keys(changes).filter((name) => changes[name]!.isSeason !== true);
  test.each(surely)('%s: nearly every time what it is', (name) => {
    expect(rightOf(name), JSON.stringify(found.get(name))).toBeGreaterThanOrEqual(SEEDS - 1);
  });

  test('a season is seen at least every other time; else the first rows of a night are too few to be sure', () => {
    const said = found.get('as every night')!;
    expect(said.seasonal).toBeGreaterThanOrEqual(SEEDS / 2);
    expect(said.seasonal + said.conceptDrift).toBe(SEEDS);
  });

  test('a world that has changed is never taken for anything that would hold a training back', () => {
    const drifts = Object.keys(changes).filter((name) => changes[name]!.is === 'conceptDrift');
    expect(drifts.length).toBeGreaterThan(3);
    for (const name of drifts) expect(found.get(name)!.conceptDrift, name).toBe(SEEDS);
  });
});

const judged = (rows: number, errorEvery: number): JudgedRow[] =>
  Array.from({ length: rows }, (_, i) => ({
    input: { x: i % 7 },
    label: i % 2 === 0 ? 'A' : 'B',
    isError: i % errorEvery === 0,
    atMs: null,
  }));
const alarm = (change: Partial<AlarmEvidence> = {}): AlarmEvidence => ({
  broken: [],
  earlier: null,
  before: judged(1_000, 10),
  now: judged(500, 10),
  newest: judged(500, 10).map(({ input }) => input),
  reference: null,
  isPriced: false,
  isBelowObjective: false,
  ...change,
});

describe('where too little is known', () => {
  test('few labelled rows are not clear', () => {
    expect(diagnose(alarm({ now: judged(20, 10) })).diagnosis).toBe('unclear');
  });

  test('the same accuracy as before is no excuse for one below the objective', () => {
    expect(diagnose(alarm()).diagnosis).toBe('steady');
    expect(diagnose(alarm({ isBelowObjective: true })).diagnosis).toBe('unclear');
  });

  test('rows that have moved and have no labels yet say nothing of the accuracy on them', () => {
    const reference = {
      features: {
        x: { kind: 'number' as const, edges: [1, 3, 5], shares: { 0: 0.25, 1: 0.25, 2: 0.25, 3: 0.25 } },
      },
      labels: {},
    };
    const newest = judged(500, 10).map((_, i) => ({ x: 6 + (i % 2) }));
    const { diagnosis, evidence } = diagnose(alarm({ reference, newest }));
    expect(diagnosis).toBe('unclear');
    expect(evidence.at(-1)!.says).toContain('"x" has moved have no labels yet');
  });

  test('of a task without labels to tell apart none can have shifted', () => {
    const without = (rows: readonly JudgedRow[]) => rows.map((row) => ({ ...row, label: NO_LABEL }));
    const { diagnosis, evidence } = diagnose(
      alarm({ before: without(judged(1_000, 10)), now: without(judged(500, 3)) }),
    );
    expect(diagnosis).toBe('conceptDrift');
    expect(evidence.map(({ about }) => about)).not.toContain('labels');
  });

  test('regret that has reached its price is worse, however few rows show it', () => {
    expect(diagnose(alarm({ now: judged(40, 1), isPriced: true })).diagnosis).toBe('conceptDrift');
  });
});
