import type { Clock } from '../times.ts';
import type { Scale } from './axis.ts';

/** The three layouts; each is drawn for its width, never scaled far down. */
export type Layout = 'wide' | 'middle' | 'narrow';
export const layouts = {
  wide: { width: 1112, left: 76, right: 128, plot: 214, ticks: 10 },
  middle: { width: 780, left: 76, right: 116, plot: 200, ticks: 7 },
  narrow: { width: 358, left: 46, right: 18, plot: 170, ticks: 4 },
} as const;

/** What every part of a chart draws on. */
export type Plot = {
  x: Scale;
  left: number;
  end: number;
  width: number;
  /** On a phone labels stand inside the plot, because there is no room beside it. */
  inset: boolean;
  clock: Clock;
};

export const regretHeight = 52;
export const laneHeight = 26;
