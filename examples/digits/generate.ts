import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/**
 * Digits in grey, 16 × 16 pixels, drawn here: as a pen writes them, dark on light, slanted and shaky; and as a meter
 * shows them, seven segments, light on dark, photographed askew. Who knows the one knows something about the other.
 */

export type Digit = { image: number[][]; label: string };
type Point = readonly [x: number, y: number];
type Stroke = readonly Point[];

export const SIDE = 16;

/** How a pen goes, from (0, 0) at the top left to (1, 1). */
const written: readonly (readonly Stroke[])[] = [
  [
    [
      [0.5, 0],
      [0.15, 0.25],
      [0.15, 0.75],
      [0.5, 1],
      [0.85, 0.75],
      [0.85, 0.25],
      [0.5, 0],
    ],
  ],
  [
    [
      [0.25, 0.25],
      [0.55, 0],
      [0.55, 1],
    ],
  ],
  [
    [
      [0.15, 0.2],
      [0.5, 0],
      [0.85, 0.25],
      [0.6, 0.55],
      [0.15, 1],
      [0.85, 1],
    ],
  ],
  [
    [
      [0.15, 0.1],
      [0.55, 0],
      [0.85, 0.22],
      [0.45, 0.48],
      [0.85, 0.75],
      [0.55, 1],
      [0.15, 0.9],
    ],
  ],
  [
    [
      [0.65, 1],
      [0.65, 0],
      [0.1, 0.65],
      [0.9, 0.65],
    ],
  ],
  [
    [
      [0.8, 0],
      [0.25, 0],
      [0.2, 0.45],
      [0.6, 0.4],
      [0.85, 0.7],
      [0.55, 1],
      [0.15, 0.9],
    ],
  ],
  [
    [
      [0.7, 0],
      [0.3, 0.35],
      [0.15, 0.75],
      [0.5, 1],
      [0.85, 0.75],
      [0.5, 0.52],
      [0.2, 0.7],
    ],
  ],
  [
    [
      [0.15, 0],
      [0.85, 0],
      [0.4, 1],
    ],
  ],
  [
    [
      [0.5, 0.47],
      [0.2, 0.25],
      [0.5, 0],
      [0.8, 0.25],
      [0.5, 0.47],
      [0.15, 0.75],
      [0.5, 1],
      [0.85, 0.75],
      [0.5, 0.47],
    ],
  ],
  [
    [
      [0.8, 0.3],
      [0.5, 0.5],
      [0.15, 0.25],
      [0.5, 0],
      [0.8, 0.25],
      [0.7, 1],
    ],
  ],
];

/** The segments of a display: top, right above and below, bottom, left below and above, middle. */
const segments: readonly Stroke[] = [
  [
    [0.2, 0],
    [0.8, 0],
  ],
  [
    [0.85, 0.05],
    [0.85, 0.45],
  ],
  [
    [0.85, 0.55],
    [0.85, 0.95],
  ],
  [
    [0.2, 1],
    [0.8, 1],
  ],
  [
    [0.15, 0.55],
    [0.15, 0.95],
  ],
  [
    [0.15, 0.05],
    [0.15, 0.45],
  ],
  [
    [0.2, 0.5],
    [0.8, 0.5],
  ],
];
const lit = [
  [0, 1, 2, 3, 4, 5],
  [1, 2],
  [0, 1, 6, 4, 3],
  [0, 1, 6, 2, 3],
  [5, 6, 1, 2],
  [0, 5, 6, 2, 3],
  [0, 5, 4, 3, 2, 6],
  [0, 1, 2],
  [0, 1, 2, 3, 4, 5, 6],
  [6, 5, 0, 1, 2, 3],
];

/** Digits without end, each as likely as the next. The same seed draws the same digits. */
export function* digits({ seed, as }: { seed: number; as: 'written' | 'displayed' }): Generator<Digit> {
  const generator = xoroshiro128plus(seed);
  const uniform = () => (generator.next() >>> 0) / 2 ** 32;
  const about = (spread: number) => (uniform() + uniform() - 1) * spread;
  for (;;) {
    const digit = Math.floor(uniform() * 10);
    const strokes = as === 'written' ? written[digit]! : lit[digit]!.map((segment) => segments[segment]!);
    const shake = as === 'written' ? 0.07 : 0;
    const [slant, turn] = [about(0.25), about(as === 'written' ? 0.2 : 0.12)];
    const [wide, high] = [7.5 + about(2), 10.5 + about(2)];
    const [dx, dy] = [8 + about(1.5), 8 + about(1.2)];
    const place = ([x, y]: Point): Point => {
      const u = (x - 0.5 + about(shake) - slant * (y - 0.5)) * wide;
      const v = (y - 0.5 + about(shake)) * high;
      return [dx + u * Math.cos(turn) - v * Math.sin(turn), dy + u * Math.sin(turn) + v * Math.cos(turn)];
    };
    const lines = strokes.map((stroke) => stroke.map(place));
    const pen = (as === 'written' ? 0.75 : 0.95) + about(0.2);
    const image = Array.from({ length: SIDE }, (_, y) =>
      Array.from({ length: SIDE }, (_, x) => {
        const ink = Math.max(...lines.map((line) => inkAt([x + 0.5, y + 0.5], line, pen)));
        const light = as === 'written' ? 1 - ink : ink;
        return Math.round(255 * Math.min(1, Math.max(0, light + about(0.18))));
      }),
    );
    yield { image, label: String(digit) };
  }
}

/** How dark a pen of this half width leaves a point beside its line: 1 on it, 0 a pixel away from it. */
function inkAt([x, y]: Point, line: Stroke, pen: number): number {
  let nearest = Infinity;
  for (let i = 1; i < line.length; i += 1) {
    const [[ax, ay], [bx, by]] = [line[i - 1]!, line[i]!];
    const length = (bx - ax) ** 2 + (by - ay) ** 2;
    const along = length === 0 ? 0 : ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length;
    const at = Math.min(1, Math.max(0, along));
    nearest = Math.min(nearest, Math.hypot(x - ax - at * (bx - ax), y - ay - at * (by - ay)));
  }
  return Math.min(1, Math.max(0, pen + 0.5 - nearest));
}

/** The row at which pictures of displays begin to come. */
export const driftAtRows = [1_200];

/** The stream: first what pens wrote, then two in three pictures are of displays. */
export function* simulate({ seed }: { seed: number }) {
  const written = digits({ seed, as: 'written' });
  const displayed = digits({ seed: seed + 1, as: 'displayed' });
  for (let index = 0; ; index += 1) {
    const isNew = index >= driftAtRows[0]! && index % 3 !== 0;
    const { image, label } = (isNew ? displayed : written).next().value as Digit;
    // In a message an image is a text: here its pixels, row by row.
    yield { row: { image: JSON.stringify(image) }, label };
  }
}
