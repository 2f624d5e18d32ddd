import { expect, test } from 'vitest';
import type { ChartData } from '../../../console/charts/chart-data.ts';
import { LineEnds } from '../../../console/charts/line-ends.tsx';
import { RegretPanel } from '../../../console/charts/regret-panel.tsx';
import { TimeStrip } from '../../../console/charts/time-strip.tsx';
import type { Stretch } from '../../../console/run/run-steps.ts';

/** A part of a chart as it is sent. */
const drawn = (part: unknown): string => (part as { toString(): string }).toString();

/** The words of a chart, with where they begin or end. */
const wordsIn = (svg: string) =>
  [...svg.matchAll(/<text class="([^"]*)" x="([\d.]+)" y="([\d.]+)">([^<]+)</g)].map(
    ([, role, x, y, text]) => ({
      ends: / e( |$)/.test(role!),
      x: Number(x),
      y: Number(y),
      text: text!,
    }),
  );

const plot = {
  x: (at: number) => at,
  left: 46,
  end: 340,
  width: 358,
  inset: true,
  clock: { now: 0, zone: 'UTC' },
};
const dataOf = (change: Partial<ChartData['history']>, price: number | null = null) =>
  ({
    objective: null,
    price,
    history: { accuracy: [], regret: [], stepMs: 10, ...change },
  }) as unknown as ChartData;

test('names at the ends of lines stay apart inside of a narrow chart, also at its top', () => {
  const accuracy = [
    { version: 'v2', role: 'champion', points: [[300, 24]] },
    { version: 'v3', role: 'challenger', points: [[300, 26]] },
  ] as unknown as ChartData['history']['accuracy'];
  const svg = drawn(LineEnds({ data: dataOf({ accuracy }), plot, y: (value) => value, bounds: [22, 190] }));
  const [one, other] = wordsIn(svg).map(({ y }) => y);
  expect(Math.abs(one! - other!)).toBeGreaterThanOrEqual(12);
});

test('what a training is worth stands on the side of its line that regret leaves free', () => {
  const heightOf = (level: number) => {
    const regret = [50, 60, 70, 80, 90].map((at): [number, number] => [at, level]);
    const svg = drawn(RegretPanel({ data: dataOf({ regret }, 50), plot, top: 100 }));
    return Number(/y="([\d.]+)">\s*a training/.exec(svg)![1]);
  };
  // Lower on the page is less regret.
  expect(heightOf(48)).toBeLessThan(heightOf(0));
});

test('the words below the pieces of a run never touch', () => {
  const LETTER = 6.3;
  const second = 1_000;
  const of = (...pieces: [Stretch['taking'], number][]): Stretch[] =>
    pieces.map(([taking, ms]) => ({ taking, ms }));
  for (const stretches of [
    of(['work', second], ['labels', 3 * second], ['work', 17 * second], ['person', 10 * second]),
    of(['labels', 9 * second], ['work', second], ['held', 3 * second], ['work', 2 * second]),
    of(['work', 8 * second], ['held', 7 * second]),
  ])
    for (const layout of ['wide', 'middle', 'narrow'] as const) {
      const below = wordsIn(drawn(TimeStrip({ stretches, layout })))
        .filter(({ y }) => y === 52)
        .map(({ ends, x, text }) => {
          const width = LETTER * text.length;
          return ends ? [x - width, x] : [x, x + width];
        });
      for (const [i, [from]] of below.entries())
        if (i > 0) expect(from! - below[i - 1]![1]!, layout).toBeGreaterThanOrEqual(6);
    }
});
