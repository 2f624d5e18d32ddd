import { expect, test } from 'vitest';
import { gateSchema } from '../../../../domain/gate-config.ts';
import { classification } from '../../../../domain/task.ts';
import { uniform } from '../../../../statistics/binomial-draw.ts';
import { answeredRows } from '../../../../training/gate/answered-rows.ts';
import { noGolden, type Golden } from '../../../../training/gate/golden-checks.ts';
import { judgeGate, type GateTerms } from '../../../../training/gate/judge-gate.ts';
import { poisonedShares } from '../../../bench/gate/poisoning.ts';

type Said = { source: string | null; wins: number; losses: number; ties?: number };

const other = { A: 'B', B: 'A' } as const;
const truthOf = (at: number) => (at % 2 === 0 ? 'A' : 'B');
const says = (label: string) => ({ label, scores: { [label]: 1 } });

function answeredOf(said: readonly Said[]) {
  const rows = said.flatMap(({ source, wins, losses, ties = 0 }) =>
    Array.from('W'.repeat(wins) + 'L'.repeat(losses) + 'T'.repeat(ties), (fell) => ({ source, fell })),
  );
  const outputs = (wrong: string) =>
    rows.map(({ fell }, at) => (fell === wrong ? says(other[truthOf(at)]) : says(truthOf(at))));
  const task = classification({ labels: ['A', 'B'] });
  return answeredRows(
    task,
    rows.map(({ source }, at) => ({ label: truthOf(at), source })),
    outputs('L'),
    outputs('W'),
  );
}

function judged(
  said: readonly Said[],
  config = {},
  terms: Partial<GateTerms> = {},
  golden: Partial<Golden> = {},
) {
  const answered = answeredOf(said);
  return judgeGate(
    { test: answered, evidence: answered, golden: { ...noGolden, ...golden }, artifact: null },
    gateSchema.parse(config),
    { kind: 'strict', look: 1, seed: 1, ...terms },
  );
}

const steered: Said[] = [
  { source: 'app', wins: 40, losses: 38 },
  { source: 'bot', wins: 40, losses: 0, ties: 200 },
];

test('a source that decides alone and says otherwise than the others holds the gate, with a code and a way out', () => {
  const { verdict, labelsNeeded } = judged(steered);
  expect(verdict).toMatchObject({ kind: 'hold', code: 'DL_GATE_SOURCES' });
  expect(verdict.sentence).toBe(
    'Held: Of the rows that only one version got right, bot sees the challenger right on 40 of 40, everybody else on 40 of 78; ' +
      'without its labels the verdict would be hold. Look at them: leave them out with gate.withoutSources, or name it in gate.trustedSources.',
  );
  expect(labelsNeeded).toBeNull();
  const trusted = judged(steered, { trustedSources: ['bot', 'app'] });
  expect(trusted.verdict.kind).toBe('promote');
  expect(trusted.checks.find(({ name }) => name === 'source:bot')).toMatchObject({ result: 'reported' });
});

test('neither patience nor a broken bound ends such a hold; the end of the waiting does', () => {
  const behind = [{ source: 'app', wins: 36, losses: 40 }, steered[1]!];
  const patient = judged(behind, { accuracyAtLeast: 1, minRows: 10 }, { kind: 'patient', patience: 10 });
  expect(patient.verdict).toMatchObject({ kind: 'hold', code: 'DL_GATE_SOURCES' });
  expect(judged(steered, {}, { isExpired: true }).verdict).toMatchObject({
    kind: 'reject',
    by: 'expired',
    code: 'DL_GATE_SOURCES',
  });
});

test('steering towards a rejection is seen, too', () => {
  const { verdict } = judged([
    { source: 'app', wins: 38, losses: 40 },
    { source: 'bot', wins: 0, losses: 40 },
  ]);
  expect(verdict).toMatchObject({ kind: 'hold', code: 'DL_GATE_SOURCES' });
});

test('sources that say alike, one source alone, a few rows, and labels of nobody in particular hold nothing', () => {
  const alike = judged([
    { source: 'app', wins: 60, losses: 20 },
    { source: 'bot', wins: 62, losses: 18 },
  ]);
  expect(alike.verdict.kind).toBe('promote');
  expect(alike.checks.map(({ name }) => name)).toEqual(['accuracy.difference']);
  expect(judged([{ source: 'bot', wins: 40, losses: 0 }]).verdict.kind).toBe('promote');
  expect(judged([{ source: null, wins: 40, losses: 0 }]).verdict.kind).toBe('promote');
  expect(
    judged([
      { source: 'app', wins: 60, losses: 20 },
      { source: 'bot', wins: 0, losses: 4 },
    ]).verdict.kind,
  ).toBe('promote');
});

test('what one source alone labels is said to be so, and blocks nothing', () => {
  const { verdict, checks } = judged([{ source: 'bot', wins: 40, losses: 0 }]);
  expect(verdict.kind).toBe('promote');
  expect(checks.find(({ name }) => name === 'sources')).toMatchObject({
    result: 'reported',
    sentence:
      'All 40 labels are the word of bot: nobody else’s can be held against them. Golden rows would be another voice: driftloop golden add.',
  });
});

test('golden rows that say the opposite of the only source hold the gate, unless it is trusted or the world has changed', () => {
  const alone = [{ source: 'bot', wins: 40, losses: 4, ties: 200 }];
  // Not proven to harm, and yet the other way round.
  const sampled = answeredOf([{ source: null, wins: 3, losses: 8, ties: 60 }]);
  const { verdict } = judged(alone, {}, {}, { sampled });
  expect(verdict).toMatchObject({ kind: 'hold', code: 'DL_GATE_SOURCES' });
  expect(verdict.sentence).toContain('it sees the challenger right on 40 of 44, golden rows on 3 of 11');
  expect(judged(alone, {}, { kind: 'patient', patience: 10 }, { sampled }).verdict.kind).toBe('hold');
  const trusted = judged(alone, { trustedSources: ['bot'] }, {}, { sampled });
  expect(trusted.verdict.kind).toBe('promote');
  expect(judged(alone, {}, {}, { sampled, hasConceptDrift: true }).verdict.kind).toBe('promote');
  const agree = answeredOf([{ source: null, wins: 8, losses: 3, ties: 60 }]);
  expect(judged(alone, {}, {}, { sampled: agree }).verdict.kind).toBe('promote');
  // Proven harm rejects, as ever.
  const harmed = answeredOf([{ source: null, wins: 0, losses: 30, ties: 60 }]);
  expect(judged(alone, {}, {}, { sampled: harmed }).verdict).toMatchObject({
    kind: 'reject',
    by: 'guardrail',
  });
  // And steering towards a rejection is seen as well.
  const against = [{ source: 'bot', wins: 4, losses: 40, ties: 200 }];
  expect(judged(against, {}, {}, { sampled: agree }).verdict).toMatchObject({ code: 'DL_GATE_SOURCES' });
});

test('one who steers under several names, each too small to stand out, holds the gate all the same', () => {
  const app = { source: 'app', wins: 40, losses: 38, ties: 400 };
  const named = (names: number, wins: number) =>
    Array.from({ length: names }, (_, i) => ({ source: `bot ${i}`, wins, losses: 0, ties: 20 }));
  for (const names of [named(8, 5), named(14, 3), named(40, 1)]) {
    const { verdict, checks } = judged([app, ...names]);
    expect(verdict).toMatchObject({ kind: 'hold', code: 'DL_GATE_SOURCES' });
    // None of them alone: only the honest one, which stands against all of them.
    const alone = checks.filter(({ name }) => name.startsWith('source:'));
    expect(alone.every(({ result }) => result === 'reported')).toBe(true);
  }
  const { verdict } = judged([app, ...named(8, 5)]);
  expect(verdict.sentence).toMatch(/bot \d, bot \d, bot \d and \d more see the challenger right on/);
  expect(verdict.sentence).toContain('without their labels the verdict would be hold');
  const trusted = named(8, 5).map(({ source }) => source);
  expect(judged([app, ...named(8, 5)], { trustedSources: trusted }).verdict.kind).toBe('promote');
});

test('honest sources, many and small, are almost never held', () => {
  const draw = uniform(5);
  let held = 0;
  for (let time = 0; time < 200; time += 1) {
    const sources = Array.from({ length: 12 }, (_, i) => {
      const outcomes = Array.from({ length: 3 + (i % 6) * 3 }, () => draw() < 0.75);
      const wins = outcomes.filter(Boolean).length;
      return { source: `s${i}`, wins, losses: outcomes.length - wins, ties: 10 };
    });
    const { verdict } = judged(sources);
    if (verdict.kind === 'hold' && verdict.code === 'DL_GATE_SOURCES') held += 1;
  }
  expect(held / 200).toBeLessThan(0.05);
});

test('a hold for a source says how many labels of the others would settle it, where that can be foreseen', () => {
  const { verdict, labelsNeeded } = judged([
    { source: 'app', wins: 42, losses: 26, ties: 300 },
    { source: 'bot', wins: 60, losses: 0, ties: 300 },
  ]);
  expect(verdict).toMatchObject({ kind: 'hold', code: 'DL_GATE_SOURCES' });
  expect(labelsNeeded).toBeGreaterThan(0);
  expect(verdict).toMatchObject({ labelsNeeded });
});

test('one that says otherwise without deciding is reported', () => {
  const { verdict, checks } = judged([
    { source: 'app', wins: 100, losses: 30 },
    { source: 'bot', wins: 40, losses: 0 },
  ]);
  expect(verdict.kind).toBe('promote');
  expect(checks.find(({ name }) => name === 'source:bot')).toMatchObject({ result: 'reported' });
});

test('the more often it is looked, the clearer a source has to say otherwise: honest ones are not held for being asked', () => {
  const otherwise = [
    { source: 'app', wins: 60, losses: 40 },
    { source: 'bot', wins: 39, losses: 7 },
  ];
  const isSeen = (look: GateTerms['look']) =>
    judged(otherwise, {}, { look }).checks.some(({ name }) => name === 'source:bot');
  expect([isSeen('only'), isSeen(1), isSeen(5)]).toEqual([true, true, false]);
});

test('five per cent of the labels, flipped to steer, promote almost nobody; honest sources are almost never held', () => {
  const equal = { rows: 1_500, world: { discordant: 0.1, difference: 0 }, ofSource: 0.5, flips: 0.05 };
  const attacked = poisonedShares(200, equal);
  expect(attacked.promoted).toBeLessThan(0.01);
  expect(attacked.heldForSource).toBeGreaterThan(0.95);
  // What it would do to a gate that believes everybody.
  expect(
    poisonedShares(50, equal, { trustedSources: ['steering', 'honest', 'other'] }).promoted,
  ).toBeGreaterThan(0.9);
  const better = { ...equal, world: { discordant: 0.1, difference: 0.04 }, flips: 0 };
  expect(poisonedShares(200, better).heldForSource).toBeLessThan(0.05);
});
