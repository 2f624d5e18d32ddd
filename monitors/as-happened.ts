/**
 * As happened: what a version was worth when it answered, not when its labels became known.
 *
 *     accuracy = right / labelled,  coverage = labelled / predictions      of the predictions of a stretch of event time
 *
 * Labels come late, so the newest stretches are always too thin; and those that come first may be the easy ones. So no
 * accuracy as happened is told without the coverage beside it, and a rule on it declares how much is needed.
 *
 * Counts are kept in buckets of event time. They are as wide as the shortest watched window allows, so that a window
 * holds at least `LEAST_IN_WINDOW` of them, and they are kept for `MOST_BUCKETS` widths, or for the longest window: a
 * second-wide bucket for some hours, an hour-wide one for a year.
 */
import { milliseconds } from '../domain/duration.ts';
import type { ModelConfig, Watch } from '../domain/model-config.ts';
import { promDuration } from './rules/rule.ts';

const WIDTHS_MS = [1_000, 10_000, 60_000, 600_000, 3_600_000];
const LEAST_IN_WINDOW = 20;
const MOST_BUCKETS = 10_000;
/** How far a clock may be ahead: what claims to come from later is in no bucket. */
const AHEAD_MS = 86_400_000;

type Watched = Pick<ModelConfig, 'watch'>;
export type AsHappened = Extract<Watch, { kind: 'as-happened' }>;
export const isAsHappened = (watch: Watch): watch is AsHappened => watch.kind === 'as-happened';

/** Predictions of a stretch of event time, and what is known of them. */
export type Happened = Readonly<{ predictions: number; labelled: number; correct: number }>;

/** A stretch that an accuracy as happened is asked of: it ends `lagMs` ago, when most of its labels should have come. */
export type Stretch = Readonly<{ windowMs: number; lagMs: number }>;

export const stretchOf = ({ window, lag }: Pick<AsHappened, 'window' | 'lag'>): Stretch => ({
  windowMs: milliseconds(window),
  lagMs: milliseconds(lag),
});

/** The labels by which the series of a stretch are found. */
export const stretchLabels = ({ windowMs, lagMs }: Stretch): { window: string; lag: string } => ({
  window: promDuration(windowMs),
  lag: lagMs === 0 ? '0s' : promDuration(lagMs),
});

/** How wide the buckets of a model are, and how old the oldest one may be. */
export function bucketsOf({ watch }: Watched): { widthMs: number; keepMs: number } {
  const stretches = watch.filter(isAsHappened).map(stretchOf);
  const windows = [
    ...stretches.map(({ windowMs }) => windowMs),
    ...watch.flatMap((one) => (one.kind === 'quality' ? [milliseconds(one.window)] : [])),
  ];
  const shortest = Math.min(...windows, Infinity);
  const widthMs = WIDTHS_MS.findLast((width) => width * LEAST_IN_WINDOW <= shortest) ?? WIDTHS_MS[0]!;
  const longest = Math.max(...stretches.map(({ windowMs, lagMs }) => windowMs + lagMs), 0);
  return { widthMs, keepMs: Math.max(MOST_BUCKETS * widthMs, longest + widthMs) };
}

/** When the bucket of a prediction begins; null for one that is too old, or says that it is from the future. */
export function bucketAt(
  atMs: number,
  nowMs: number,
  { widthMs, keepMs }: ReturnType<typeof bucketsOf>,
): number | null {
  const startsAt = Math.floor(atMs / widthMs) * widthMs;
  return startsAt < nowMs - keepMs || atMs > nowMs + AHEAD_MS ? null : startsAt;
}

const DEFAULT_WINDOW_MS = 86_400_000;

/** What of a model is exported as happened: every stretch that is watched, and one that charts show. */
export function stretchesOf({ watch }: Watched): Stretch[] {
  const shown = watch.find((one) => one.kind === 'quality')?.window;
  const all = [
    ...watch.filter(isAsHappened).map(stretchOf),
    { windowMs: shown === undefined ? DEFAULT_WINDOW_MS : milliseconds(shown), lagMs: 0 },
  ];
  return all.filter(
    ({ windowMs, lagMs }, i) => all.findIndex((s) => s.windowMs === windowMs && s.lagMs === lagMs) === i,
  );
}
