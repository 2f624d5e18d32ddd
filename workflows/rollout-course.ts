import type { Arrivals } from '../activities/score-arrivals.ts';
import type { StepSeen } from '../activities/judge-step.ts';
import { lastsMs } from '../domain/rollout-pace.ts';
import type { OnTrial, RolloutStanding, RolloutTimes, Stage, Traffic } from '../domain/rollout.ts';

/** How a rollout has gone so far: everything that goes on in a new history when the old one has grown too long. */
export type Course = {
  /** How many histories it has had. */
  chapter: number;
  /** Null before its first phase. */
  current: OnTrial | null;
  /** When the challenger was first on trial, and when its phase began; ms since 1970. */
  begunMs: number;
  sinceMs: number;
  /** From when on its phase waits for evidence: a hold that is over lets it wait anew. */
  waitsSinceMs: number;
  /** What the servers have been told; null before. */
  inForce: { stage: Stage; traffic: Traffic } | null;
  /** Of the newest look. */
  ready: number;
  frozen: string | null;
  seen: RolloutStanding['seen'];
  /** That evidence is missing is told once a phase. */
  hasToldMissing: boolean;
  arrivals: Arrivals | null;
  /** Why the kill switch held it when its history ended. */
  paused: string | null;
};

export const beginCourse = (nowMs: number): Course => ({
  chapter: 0,
  current: null,
  begunMs: nowMs,
  sinceMs: nowMs,
  waitsSinceMs: nowMs,
  inForce: null,
  ready: 1,
  frozen: null,
  seen: null,
  hasToldMissing: false,
  arrivals: null,
  paused: null,
});

/** A phase begins when the servers serve it. */
export function beginStage(course: Course, nowMs: number): void {
  const isFirst = course.inForce === null;
  Object.assign(course, { sinceMs: nowMs, waitsSinceMs: nowMs, hasToldMissing: false });
  if (isFirst) course.begunMs = nowMs;
}

export function keepSeen(
  course: Course,
  { judgement, checks, ready, frozen }: StepSeen,
  nowMs: number,
): void {
  course.seen = { at: new Date(nowMs).toISOString(), judgement, checks };
  course.frozen = frozen;
  if (judgement.kind !== 'error') course.ready = ready;
}

/** Where a phase is in its time. */
export function timeOf(
  course: Course,
  stage: Stage,
  times: RolloutTimes,
  nowMs: number,
): 'early' | 'due' | 'late' {
  const stageMs = lastsMs(stage, times);
  if (nowMs - course.sinceMs < stageMs) return 'early';
  return nowMs - course.waitsSinceMs >= stageMs + times.inconclusiveAtMostMs ? 'late' : 'due';
}
