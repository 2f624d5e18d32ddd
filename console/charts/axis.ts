import { zoneOffset } from '../times.ts';

/** Maps a value linearly into pixels. */
export type Scale = (value: number) => number;

export function scaleOf(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
): Scale {
  const span = to - from || 1;
  return (value) => start + ((value - from) / span) * (end - start);
}

/** Bounds for a rate axis: around the values, on whole steps, within [0, 1], never so tight that noise looks like news. */
export function rateBounds(values: readonly number[], leastSpan = 0.2): [number, number] {
  if (values.length === 0) return [0, 1];
  let low = Math.min(...values);
  let high = Math.max(...values);
  const missing = leastSpan - (high - low);
  if (missing > 0) {
    low -= missing / 2;
    high += missing / 2;
  }
  const step = tickStep(high - low, 4);
  low = Math.max(0, Math.floor(low / step + 1e-9) * step);
  high = Math.min(1, Math.ceil(high / step - 1e-9) * step);
  return [low, high];
}

/** 1, 2 or 5 times a power of ten, so that about `count` of them fill the span. */
export function tickStep(span: number, count: number): number {
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const times = [1, 2, 5, 10].find((n) => n * power >= rough * 0.999) ?? 10;
  return times * power;
}

/** Round values between two bounds. */
export function ticks([from, to]: readonly [number, number], count: number): number[] {
  if (!(to > from)) return [];
  const step = tickStep(to - from, count);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

const timeSteps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800,
  345_600, 604_800, 1_209_600, 2_592_000, 7_776_000,
].map((seconds) => seconds * 1_000);

/** Times on whole steps of the reader's clock, at most `count` of them, and the step between them. */
export function timeTicks(
  [from, to]: readonly [number, number],
  count: number,
  zone: string,
): { at: number[]; stepMs: number } {
  const stepMs = timeSteps.find((step) => (to - from) / step <= count) ?? timeSteps.at(-1)!;
  const offset = zoneOffset(from, zone);
  const at: number[] = [];
  for (let local = Math.ceil((from + offset) / stepMs) * stepMs; local - offset <= to; local += stepMs)
    at.push(local - offset);
  return { at, stepMs };
}

/** An SVG path through points; where two are further apart than `gap`, the line is lifted. */
export function linePath(points: readonly [number, number][], x: Scale, y: Scale, gap: number): string {
  let path = '';
  let before = 0;
  for (const [at, value] of points) {
    path += `${path === '' || at - before > gap ? 'M' : 'L'}${px(x(at))} ${px(y(value))}`;
    before = at;
  }
  return path;
}

/** Pixels with a tenth: enough for an eye, short in the page. */
export const px = (value: number): string => String(Math.round(value * 10) / 10);

/** Moves labels apart so that each keeps `least` pixels to the next; order and rough place stay. */
export function spread(
  wanted: readonly number[],
  least: number,
  [top, bottom]: readonly [number, number],
): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
  const placed = [...wanted];
  let above = top - least;
  for (const i of order) {
    placed[i] = Math.max(wanted[i]!, above + least);
    above = placed[i];
  }
  let below = bottom + least;
  for (const i of order.toReversed()) {
    placed[i] = Math.min(placed[i]!, below - least);
    below = placed[i];
  }
  return placed;
}
