import { describe, expect, test } from 'vitest';
import type { InputRow } from '../../../domain/input.ts';
import type { Output } from '../../../domain/task.ts';
import { expectedCalibrationError, logLoss } from '../../../statistics/calibration.ts';
import { wilson } from '../../../statistics/proportions.ts';
import { evaluatePair } from '../../../training/evaluate.ts';
import type { EvaluateOptions } from '../../../training/evaluate.ts';
import { prepareAnswers } from '../../../training/metrics.ts';
import { random } from '../../../training/random.ts';

const task = { labels: ['a', 'b', 'c'] };
const sure = (label: string, score = 0.8): Output => ({
  label,
  scores: Object.fromEntries(task.labels.map((l) => [l, l === label ? score : (1 - score) / 2])),
});

function evaluate(
  rows: readonly { label: string; input?: InputRow }[],
  challenger: readonly Output[],
  champion: readonly Output[],
  options?: EvaluateOptions,
) {
  const [ours, theirs] = [challenger, champion].map((outputs) => prepareAnswers(task, rows, outputs));
  return evaluatePair(task, { rows, ours: ours!, theirs: theirs! }, options);
}

/** Rows whose challenger is right with one probability and whose champion with another. */
function world(rows: number, ours: number, theirs: number, seed = 1) {
  const chance = random(seed);
  const examples = Array.from({ length: rows }, (_, i) => ({
    label: task.labels[Math.floor(3 * chance.uniform())]!,
    input: { day: i % 4 === 0 ? 'sun' : 'work' },
  }));
  const answer = (share: number) =>
    examples.map(({ label }) =>
      sure(
        chance.uniform() < share ? label : task.labels[(task.labels.indexOf(label) + 1) % 3]!,
        0.4 + 0.6 * chance.uniform(),
      ),
    );
  return { examples, challenger: answer(ours), champion: answer(theirs) };
}

describe('an evaluation of a pair', () => {
  test('gives the textbook figures', () => {
    // Truth a a b b c; answers a b b b a. Precision a 1/2, b 2/3, c 0; recall a 1/2, b 1, c 0; F1 1/2, 4/5, 0.
    const rows = ['a', 'a', 'b', 'b', 'c'].map((label) => ({ label }));
    const answers = ['a', 'b', 'b', 'b', 'a'].map((label) => sure(label));
    const { challenger, confusion, rows: n } = evaluate(rows, answers, answers);
    expect(n).toBe(5);
    expect(challenger.accuracy.estimate).toBeCloseTo(3 / 5, 12);
    expect(challenger.macroPrecision.estimate).toBeCloseTo((1 / 2 + 2 / 3) / 3, 12);
    expect(challenger.macroRecall.estimate).toBeCloseTo(1 / 2, 12);
    expect(challenger.macroF1.estimate).toBeCloseTo((1 / 2 + 4 / 5) / 3, 12);
    expect(challenger.logLoss.estimate).toBeCloseTo(-(3 * Math.log(0.8) + 2 * Math.log(0.1)) / 5, 12);
    expect(confusion.challenger).toEqual([
      [1, 1, 0],
      [0, 2, 0],
      [1, 0, 0],
    ]);
  });

  test('agrees with the statistics that the room next door computes on whole rows', () => {
    const { examples, challenger, champion } = world(300, 0.8, 0.7);
    const report = evaluate(examples, challenger, champion);
    const right = challenger.map(({ label }, i) => label === examples[i]!.label);
    const hits = right.filter(Boolean).length;
    expect(report.challenger.accuracy).toEqual({ estimate: hits / 300, ...wilson(hits, 300) });
    const confidences = challenger.map(({ label, scores }) => scores[label]!);
    expect(report.challenger.ece.estimate).toBeCloseTo(expectedCalibrationError(confidences, right), 9);
    const trueScores = challenger.map(({ scores }, i) => scores[examples[i]!.label]!);
    expect(report.challenger.logLoss.estimate).toBeCloseTo(logLoss(trueScores), 12);
  });

  test('finds no difference between a version and itself, in no resample', () => {
    const { examples, challenger } = world(200, 0.7, 0.7);
    const { difference, discordant } = evaluate(examples, challenger, challenger);
    for (const estimate of Object.values(difference))
      expect(estimate).toEqual({ estimate: 0, low: 0, high: 0 });
    expect(discordant).toMatchObject({ wins: 0, losses: 0 });
  });

  test('is surer of a difference the more rows it has, and its intervals hold the truth', () => {
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    const [few, many] = [100, 4000].map((n) => {
      const { examples, challenger, champion } = world(n, 0.85, 0.7);
      return evaluate(examples, challenger, champion);
    });
    expect(width(many!.difference.accuracy)).toBeLessThan(width(few!.difference.accuracy) / 3);
    expect(many!.difference.accuracy.low).toBeLessThan(0.15);
    expect(many!.difference.accuracy.high).toBeGreaterThan(0.15);
    for (const report of [few!, many!])
      for (const { estimate, low, high } of Object.values(report.challenger)) {
        // Resampling widens the gaps of the calibration error, so its whole interval may lie a little high.
        expect(low).toBeLessThanOrEqual(estimate + 0.02);
        expect(high).toBeGreaterThanOrEqual(estimate);
      }
  });

  test('shows both in every slice that is asked for', () => {
    const { examples, challenger, champion } = world(400, 0.9, 0.6);
    const { accuracyBySlice: slices } = evaluate(examples, challenger, champion, {
      slices: ['day'],
    });
    expect(slices.map(({ feature, value, rows }) => [feature, value, rows])).toEqual([
      ['day', 'work', 300],
      ['day', 'sun', 100],
    ]);
    for (const { challenger: ours, champion: theirs } of slices) {
      expect(ours.estimate).toBeGreaterThan(theirs.estimate);
      expect(ours.low).toBeLessThan(ours.estimate);
    }
  });

  test('is plain JSON, the same for the same rows', () => {
    const { examples, challenger, champion } = world(150, 0.8, 0.7);
    const report = evaluate(examples, challenger, champion);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(evaluate(examples, challenger, champion)).toEqual(report);
  });

  test('refuses no rows at all', () => {
    expect(() => evaluate([], [], [])).toThrow(RangeError);
  });
});
