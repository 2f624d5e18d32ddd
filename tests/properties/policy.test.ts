import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { estimateOnset } from '../../monitors/onset.ts';
import { planTraining } from '../../monitors/policy/plan-training.ts';
import { observe, observeAll, restore, start, type Regret } from '../../monitors/regret.ts';
import { eValue, logEValue } from '../../statistics/e-process.ts';
import { judgeChallenger } from '../../training/gate/judge-challenger.ts';

const errors = fc.array(fc.boolean(), { maxLength: 400 });
const rate = fc.double({ min: 0, max: 1, noNaN: true });

test('regret in one go is regret row by row, through JSON, with its input untouched', () => {
  fc.assert(
    fc.property(
      errors,
      fc.option(rate),
      fc.integer({ min: 1, max: 50 }),
      (rows, predecessor, referenceRows) => {
        const options = { slack: 0.02, referenceRows };
        let s: Regret = start(predecessor);
        for (const isError of rows) {
          const before = JSON.stringify(s);
          const next = observe(s, isError, options);
          expect(JSON.stringify(s)).toBe(before);
          s = JSON.parse(JSON.stringify(next)) as Regret;
        }
        expect(observeAll(start(predecessor), rows, options)).toEqual(s);
      },
    ),
  );
});

test('regret is never negative and never more than the errors made', () => {
  fc.assert(
    fc.property(errors, rate, (rows, reference) => {
      const { regret } = observeAll(restore(reference), rows);
      expect(regret).toBeGreaterThanOrEqual(0);
      expect(regret).toBeLessThanOrEqual(rows.filter(Boolean).length);
    }),
  );
});

test('the onset is the best rising split of all', () => {
  const ll = (k: number, n: number) =>
    k === 0 || k === n ? 0 : k * Math.log(k / n) + (n - k) * Math.log(1 - k / n);
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (rows) => {
      const sum = (part: boolean[]) => part.filter(Boolean).length;
      let best = 0;
      for (let i = 1; i < rows.length; i += 1) {
        const [a, b] = [rows.slice(0, i), rows.slice(i)];
        if (sum(b) / b.length <= sum(a) / a.length) continue;
        best = Math.max(best, ll(sum(a), a.length) + ll(sum(b), b.length) - ll(sum(rows), rows.length));
      }
      expect(estimateOnset(rows)?.gain ?? 0).toBeCloseTo(best, 9);
    }),
  );
});

test('E is a fair bet: one more discordant row leaves it as it is on average', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.nat(300), (wins, losses) => {
      const [up, down] = [logEValue(wins + 1, losses), logEValue(wins, losses + 1)];
      const mean = Math.log((Math.exp(up - down) + 1) / 2) + down;
      expect(mean).toBeCloseTo(logEValue(wins, losses), 8);
    }),
  );
});

test('one more win never weakens the evidence for the challenger', () => {
  fc.assert(
    fc.property(fc.nat(500), fc.nat(500), (wins, losses) => {
      expect(eValue(wins + 1, losses)).toBeGreaterThanOrEqual(eValue(wins, losses));
    }),
  );
});

test('a strict gate never promotes without evidence, a patient one never holds beyond its patience where the two differ', () => {
  fc.assert(
    fc.property(fc.nat(400), fc.nat(400), fc.nat(2_000), (wins, losses, both) => {
      const rows = wins + losses + both;
      const strict = judgeChallenger({ wins, losses, rows, kind: 'strict' });
      if (strict.kind === 'promote') expect(eValue(wins, losses)).toBeGreaterThan(20);
      const patient = judgeChallenger({ wins, losses, rows, kind: 'patient' });
      if (rows >= 300) expect(patient.kind === 'hold').toBe(wins + losses === 0);
      if (patient.kind === 'hold') expect(patient.labelsNeeded).toBeGreaterThan(0);
    }),
  );
});

test('a planned window lies within what is labelled, and is never longer than the policy allows', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20_000 }),
      rate,
      fc.option(rate),
      fc.double({ min: 0, max: 20, noNaN: true }),
      fc.double({ min: 0, max: 200, noNaN: true }),
      (labelled, takeover, split, gain, regret) => {
        const tookOverAtSeq = Math.floor(takeover * (labelled - 1));
        const rows = labelled - tookOverAtSeq;
        const onset =
          split === null ? null : { index: Math.floor(split * (rows - 1)), gain, before: 0.1, after: 0.4 };
        const plan = planTraining({
          labelled,
          tookOverAtSeq,
          lastTrainingAtSeq: null,
          lastWasDropped: false,
          regret,
          onset,
          plannedRefit: null,
        });
        if (plan.kind === 'wait') expect(plan.labelsNeeded).toBeGreaterThan(0);
        if (plan.kind !== 'train') return;
        expect(plan.fromSeq).toBeGreaterThanOrEqual(1);
        expect(plan.toSeq).toBe(labelled);
        expect(plan.rows).toBe(plan.toSeq - plan.fromSeq + 1);
        expect(plan.rows).toBeLessThanOrEqual(4_000);
        if (plan.reason === 'onset') expect(plan.fromSeq).toBeGreaterThan(tookOverAtSeq);
      },
    ),
  );
});
