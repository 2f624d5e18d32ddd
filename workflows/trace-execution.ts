import { ContinueAsNew, proxySinks, workflowInfo } from '@temporalio/workflow';
import type { Sinks, WorkflowInterceptors } from '@temporalio/workflow';
import type { Traffic } from '../domain/rollout.ts';
import type { PastSpan, SpanFacts, TraceContext } from '../domain/tracing.ts';
import { traceIdOf } from '../domain/tracing.ts';
import { traceIn, withTrace } from './trace-header.ts';

/** How spans get out of the sandbox; a span that is made again in a replay is not sent again. */
export interface TraceSinks extends Sinks {
  traces: { ended(span: PastSpan): void };
}

/** Whoever began the run said nothing of a trace: this one is kept. */
const SAMPLED = '01';

/**
 * A span for one execution, under what began it, and one for each step of a rollout, from the change of traffic to the
 * next. Whatever is done meanwhile belongs to them.
 *
 * Ids come from the execution's own (a trace that begins here has its run id, without the dashes), so that a replay
 * makes the same ones, and no random number is taken from the workflow.
 */
export function traceExecution(): WorkflowInterceptors {
  const { traces } = proxySinks<TraceSinks>();
  const { runId, workflowId, workflowType, runStartTime } = workflowInfo();
  const digits = runId.replaceAll('-', '');
  let parent: TraceContext | null = null;
  let own = contextOf(null, digits, 0);
  let steps = 0;
  let step: Omit<PastSpan, 'endMs' | 'problem'> | null = null;
  const end = (span: Omit<PastSpan, 'endMs'>) => traces.ended({ ...span, endMs: Date.now() });

  const endStep = () => {
    if (step !== null) end({ ...step, problem: null });
    step = null;
  };
  const beginStep = ({ mode, share }: Traffic) => {
    endStep();
    steps += 1;
    step = {
      name: `rollout ${mode}`,
      context: contextOf(own, digits, steps),
      parent: own,
      startMs: Date.now(),
      facts: { 'driftloop.rollout.phase': mode, 'driftloop.rollout.share': share },
    };
  };
  return {
    inbound: [
      {
        async execute(input, next) {
          parent = traceIn(input.headers);
          own = contextOf(parent, digits, 0);
          const facts: SpanFacts = {
            temporalWorkflowID: workflowId,
            temporalRunID: runId,
            ...subjectOf(input.args[0]),
          };
          const span = {
            name: `RunWorkflow:${workflowType}`,
            context: own,
            parent,
            startMs: runStartTime.getTime(),
          };
          try {
            const result = await next(input);
            endStep();
            end({ ...span, facts: { ...facts, ...outcomeOf(result) }, problem: null });
            return result;
          } catch (error) {
            endStep();
            const problem = error instanceof ContinueAsNew ? null : String(error);
            end({ ...span, facts, problem });
            throw error;
          }
        },
      },
    ],
    outbound: [
      {
        scheduleActivity(input, next) {
          const { activityType, args } = input;
          if (activityType === 'setShare') beginStep(args[0] as Traffic);
          if (activityType === 'promoteChallenger') endStep();
          return next({ ...input, headers: withTrace(input.headers, step?.context ?? own) });
        },
        startChildWorkflowExecution: (input, next) =>
          next({ ...input, headers: withTrace(input.headers, step?.context ?? own) }),
        continueAsNew: (input, next) => next({ ...input, headers: withTrace(input.headers, parent ?? own) }),
      },
    ],
  };
}

/** The context of the n-th span of an execution, below `above`. */
function contextOf(above: TraceContext | null, digits: string, n: number): TraceContext {
  const spanId = ((BigInt(`0x${digits.slice(16)}`) + BigInt(n)) & 0xffff_ffff_ffff_ffffn)
    .toString(16)
    .padStart(16, '0');
  const [traceId, flags] =
    above === null ? [digits, SAMPLED] : [traceIdOf(above), above.traceparent.slice(-2)];
  return { ...above, traceparent: `00-${traceId}-${spanId}-${flags}` };
}

/** What it is about: every workflow is given one object. */
const subjectOf = (input: unknown): SpanFacts => {
  const { model, runId, version } = (input ?? {}) as Record<string, string | undefined>;
  return { 'driftloop.model': model, 'driftloop.run.id': runId, 'driftloop.version': version };
};

/** How a run or a rollout came out. */
const outcomeOf = (result: unknown): SpanFacts => {
  const { kind, phase, sentence, because, version } = (result ?? {}) as Record<string, string | undefined>;
  return {
    'driftloop.outcome': kind ?? phase,
    'driftloop.sentence': sentence ?? because,
    ...(version == null ? {} : { 'driftloop.version': version }),
  };
};
