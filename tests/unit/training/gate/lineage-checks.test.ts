import { expect, test } from 'vitest';
import { lineageChecks } from '../../../../training/gate/lineage-checks.ts';

const none = { met: 0, isWhole: true, byChance: 0 };
const of = (challenger: Partial<typeof none>, champion: Partial<typeof none> = {}) =>
  lineageChecks({
    rows: 500,
    challenger: { ...none, ...challenger },
    champion: { ...none, ...champion },
  });

test('one test row that a version has learnt from holds, whoever learnt it, with a code and how many to replace', () => {
  for (const [at, checks] of [of({ met: 1 }), of({}, { met: 1 })].entries()) {
    expect(checks.map(({ result }) => result)).toEqual(at === 0 ? ['hold', 'pass'] : ['pass', 'hold']);
    expect(checks[at]).toMatchObject({
      code: 'DL_TEST_LEAKED',
      blind: 'everything',
      value: 1,
      labelsNeeded: 1,
    });
  }
  expect(of({ met: 500, isWhole: false })[0]!.sentence).toBe(
    'The challenger has learnt from 500 of the 500 test rows, which it answers by heart: test on rows that neither has learnt from.',
  );
});

test('rows of a few categories meet by chance, as often as those that were learnt meet each other', () => {
  expect(of({ met: 480, byChance: 0.95 })[0]).toMatchObject({ result: 'pass', value: 480 });
  const [half] = of({ met: 350, byChance: 0.5 });
  expect(half).toMatchObject({ result: 'hold', bound: 283 });
  expect(half!.sentence).toContain(
    '350 of the 500 test rows, which it answers by heart, where chance explains 283',
  );
});

test('of a version whose lessons nobody has listed that is said, and decides nothing', () => {
  const [check] = of({ isWhole: false });
  expect(check).toMatchObject({ result: 'reported' });
  expect(check!.sentence).toContain('is not known');
});
