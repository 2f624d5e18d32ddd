import { assert, integer, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { judgeCanary } from '../../../monitors/judge-canary.ts';

const options = { minRequests: 50, errorRateAtMost: 0.01 };
const judge = (
  challenger: [requests: number, errors: number],
  champion: [requests: number, errors: number],
) =>
  judgeCanary(
    {
      challenger: { requests: challenger[0], errors: challenger[1] },
      champion: { requests: champion[0], errors: champion[1] },
    },
    options,
  );

test.each([
  ['enough requests, no errors', [60, 0], [500, 0], 'successful'],
  ['errors within the bound', [200, 2], [500, 0], 'successful'],
  ['too few requests on trial', [49, 0], [500, 0], 'inconclusive'],
  ['too few requests of the champion', [60, 0], [49, 0], 'inconclusive'],
  ['nobody asked anything', [0, 0], [0, 0], 'inconclusive'],
  ['one error that may be chance', [60, 1], [500, 0], 'inconclusive'],
  ['far too many errors', [60, 12], [500, 0], 'failed'],
  ['so many errors that few requests are enough', [10, 5], [40, 0], 'failed'],
  ['errors that the champion makes, too', [200, 20], [500, 55], 'successful'],
  ['a champion that always fails excuses nobody', [60, 60], [500, 500], 'failed'],
] as const)('%s: %j against %j is %s', (_, challenger, champion, kind) => {
  expect(judge([...challenger], [...champion]).kind).toBe(kind);
});

test('more errors of the challenger never make it look better', () => {
  const order = ['successful', 'inconclusive', 'failed'];
  assert(
    property(
      record({ requests: integer({ min: 1, max: 400 }), champion: integer({ min: 0, max: 400 }) }),
      integer({ min: 0, max: 399 }),
      ({ requests, champion }, errors) => {
        const fewer = Math.min(errors, requests - 1);
        const [less, more] = [fewer, fewer + 1].map((n) => judge([requests, n], [champion, 0]).kind);
        expect(order.indexOf(more!)).toBeGreaterThanOrEqual(order.indexOf(less!));
      },
    ),
  );
});

test('the sentence has the counts of both', () => {
  expect(judge([60, 12], [500, 1]).sentence).toBe(
    'Too many errors: the challenger answered 60 requests with 12 errors, the champion 500 with 1; 20.0 % is more than the 1.0 % allowed.',
  );
});
