import { assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import type { ShareRules } from '../../../../monitors/rollout/judge-share.ts';
import { judgeShare, withinOf } from '../../../../monitors/rollout/judge-share.ts';

const rules = { alpha: 0.01, minSamples: 50, margin: 0.005, atMost: 0.01 };
const names = { check: 'errors', events: 'errors', trials: 'requests' };
type Arm = readonly [requests: number, errors: number];
const judge = (challenger: Arm, champion: Arm, change: Partial<ShareRules> = {}) =>
  judgeShare(
    {
      challenger: { events: challenger[1], trials: challenger[0] },
      champion: { events: champion[1], trials: champion[0] },
    },
    { ...rules, ...change },
    names,
  );

test.each([
  ['enough requests, no errors', [60, 0], [60, 0], 'successful'],
  ['too few requests on trial', [49, 0], [500, 0], 'inconclusive'],
  ['too few requests of the champion', [60, 0], [49, 0], 'inconclusive'],
  ['nobody asked anything', [0, 0], [0, 0], 'inconclusive'],
  ['one error that may be chance', [55, 1], [55, 0], 'inconclusive'],
  ['far too many errors', [60, 14], [60, 0], 'failed'],
  ['so many errors that few requests are enough', [20, 12], [40, 0], 'failed'],
  ['errors that the champion makes, too', [2_000, 200], [2_000, 210], 'successful'],
  ['a champion that always fails excuses nobody', [60, 60], [60, 60], 'failed'],
  ['errors that are few in themselves', [3_000, 6], [3_000, 0], 'successful'],
] as const)('%s: %j against %j is %s', (_, challenger, champion, kind) => {
  expect(judge(challenger, champion).kind).toBe(kind);
});

test('what is too few to judge is named whole', () => {
  const arms = { challenger: { events: 1, trials: 10 }, champion: { events: 0, trials: 10 } };
  const invalid = {
    check: 'invalid answers',
    events: 'invalid',
    trials: 'answers',
    named: 'invalid answers',
  };
  expect(judgeShare(arms, rules, invalid).sentence).toBe(
    'Too few answers to judge invalid answers by (50 are needed on each side): 1 invalid in 10 answers, the champion 0 in 10.',
  );
});

test('no arm below the least number of samples ever succeeds, whatever it shows', () => {
  assert(
    property(integer({ min: 0, max: 49 }), integer({ min: 0, max: 5_000 }), (few, many) => {
      expect(judge([few, 0], [many, 0]).kind).toBe('inconclusive');
      expect(judge([many, 0], [few, 0]).kind).toBe('inconclusive');
    }),
  );
});

test('more errors of the challenger never make it look better', () => {
  const order = ['successful', 'inconclusive', 'failed'];
  assert(
    property(
      integer({ min: 1, max: 400 }),
      integer({ min: 0, max: 400 }),
      integer({ min: 0, max: 399 }),
      (requests, champion, errors) => {
        const fewer = Math.min(errors, requests - 1);
        const [less, more] = [fewer, fewer + 1].map((n) => judge([requests, n], [champion, 0]).kind);
        expect(order.indexOf(more!)).toBeGreaterThanOrEqual(order.indexOf(less!));
      },
    ),
  );
});

test('how near it has to be shown to lie follows from what so few samples can show; a named distance is kept', () => {
  expect(withinOf({ ...rules, minSamples: 50 })).toBeCloseTo(0.176, 2);
  expect(withinOf({ ...rules, minSamples: 100_000 })).toBe(0.005);
  expect(withinOf({ ...rules, within: 0.02 })).toBe(0.02);
  const undecided = judge([60, 0], [60, 0], { within: 0.02 });
  expect(undecided.kind).toBe('inconclusive');
  expect(undecided.sentence).toMatch(
    /up to \d+\.\d points worse, and has to be shown to be 2\.0 points at most/,
  );
});

test('the sentence has the counts of both', () => {
  expect(judge([60, 18], [60, 1]).sentence).toBe(
    "Too many errors: 18 errors in 60 requests, the champion 1 in 60; 0.5 points more than the champion's, and 1.0 %, are tolerated.",
  );
});

test.each([
  [
    [300, 9],
    [300, 8],
  ],
  [
    [55, 0],
    [55, 0],
  ],
  [
    [800, 30],
    [900, 30],
  ],
] as const)(
  'as many more requests as it names settle %j against %j, and far fewer do not',
  (challenger, champion) => {
    const within = { within: 0.02 };
    const { missing } = judge(challenger, champion, within).band!;
    expect(missing).toBeGreaterThan(0);
    const least = Math.min(challenger[0], champion[0]);
    const after = (more: number) => {
      const times = (least + more) / least;
      const grown = ([requests, errors]: Arm): Arm => [times * requests, times * errors];
      return judge(grown(challenger), grown(champion), within).kind;
    };
    expect(after(missing!)).toBe('successful');
    expect(after(0.9 * missing!)).toBe('inconclusive');
  },
);

test('nothing is missing where it is settled, the least number where nobody asked, and nobody can tell where it looks worse', () => {
  expect(judge([60, 0], [60, 0]).band).toMatchObject({ missing: 0 });
  expect(judge([0, 0], [0, 0]).band).toMatchObject({ missing: 50, low: -1, high: 1 });
  expect(judge([60, 9], [60, 0]).band).toMatchObject({ missing: null });
});
