import { array, assert, constantFrom, double, integer, property, uniqueArray } from 'fast-check';
import { expect, test } from 'vitest';
import { advance, begin } from '../../domain/rollout.ts';
import type { Judgement, Rollout } from '../../domain/rollout.ts';

const judgement = constantFrom<Judgement['kind']>('successful', 'failed', 'inconclusive', 'error').map(
  (kind): Judgement => ({ kind, sentence: `it was ${kind}` }),
);
const plan = uniqueArray(double({ min: 0.01, max: 0.99, noNaN: true }), { maxLength: 5 }).chain((shares) =>
  integer({ min: 0, max: 5 }).map((errorLimit) => ({ canary: shares.toSorted((a, b) => a - b), errorLimit })),
);

test('a withdrawn challenger never comes back, and a champion stays one', () => {
  assert(
    property(plan, array(judgement), (p, judgements) => {
      for (const end of [{ phase: 'withdrawn', because: 'test' }, { phase: 'champion' }] as const) {
        let rollout: Rollout = end;
        for (const j of judgements) rollout = advance(rollout, j, p);
        expect(rollout).toEqual(end);
      }
    }),
  );
});

test('every share that is taken is the next of the plan, and only success takes it', () => {
  assert(
    property(plan, array(judgement), (p, judgements) => {
      let rollout = begin(p);
      for (const j of judgements) {
        const next = advance(rollout, j, p);
        if (rollout.phase !== 'canary') break;
        if (j.kind === 'successful') {
          const share = p.canary[rollout.step + 1];
          expect(next).toMatchObject(
            share === undefined ? { phase: 'champion' } : { phase: 'canary', share },
          );
        } else
          expect(
            next.phase === 'withdrawn' || (next.phase === 'canary' && next.share === rollout.share),
          ).toBe(true);
        rollout = next;
      }
    }),
  );
});

test('too little evidence holds for ever; what fails is withdrawn at once; errors only so many times in a row', () => {
  assert(
    property(plan, integer({ min: 1, max: 50 }), (p, times) => {
      const first = begin(p);
      if (first.phase !== 'canary') return;
      const repeat = (kind: Judgement['kind'], n: number) => {
        let rollout: Rollout = first;
        for (let i = 0; i < n; i += 1) rollout = advance(rollout, { kind, sentence: 's' }, p);
        return rollout;
      };
      expect(repeat('inconclusive', times)).toEqual(first);
      expect(repeat('failed', 1)).toEqual({ phase: 'withdrawn', because: 's' });
      expect(repeat('error', p.errorLimit).phase).toBe('canary');
      expect(repeat('error', p.errorLimit + 1).phase).toBe('withdrawn');
    }),
  );
});
