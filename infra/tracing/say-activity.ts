import type { ControlActivities, TrainingActivities } from '../../activities/control-activities.ts';
import type { SpanFacts } from '../../domain/tracing.ts';

type Activities = ControlActivities & TrainingActivities;
type Say<Activity extends (asked: never) => Promise<unknown>> = (
  asked: Parameters<Activity>[0],
  result: Awaited<ReturnType<Activity>>,
) => SpanFacts;

/** What a reader of a trace wants to know of an activity without opening the console: what was decided, and on what. */
const sayings: { readonly [Name in keyof Activities]?: Say<Activities[Name]> } = {
  tell: ({ event }) => ({ 'driftloop.phase': event.phase, 'driftloop.sentence': event.sentence }),
  triage: (_, { diagnosis, treatment, sentence }) => ({
    'driftloop.triage.diagnosis': diagnosis,
    'driftloop.triage.treatment': treatment,
    'driftloop.sentence': sentence,
  }),
  evaluateChallenger: ({ look }, { verdict, rows }) => ({
    'driftloop.gate.look': look,
    'driftloop.gate.rows': rows,
    'driftloop.gate.verdict': verdict.kind,
    'driftloop.sentence': verdict.sentence,
  }),
  checkServability: (_, { isServable, sentence }) => ({
    'driftloop.servable': isServable,
    'driftloop.sentence': sentence,
  }),
  setShare: ({ mode, share }, generation) => ({
    'driftloop.rollout.phase': mode,
    'driftloop.rollout.share': share,
    'driftloop.route.generation': generation,
  }),
  judgeStep: ({ stage }, { judgement }) => ({
    'driftloop.rollout.phase': stage.phase,
    'driftloop.rollout.judgement': judgement.kind,
    'driftloop.sentence': judgement.sentence,
  }),
  promoteChallenger: ({ version }, generation) => ({
    'driftloop.version': version,
    'driftloop.route.generation': generation,
  }),
};

export const sayActivity = (name: string, asked: unknown, result: unknown): SpanFacts =>
  sayings[name as keyof Activities]?.(asked as never, result as never) ?? {};
