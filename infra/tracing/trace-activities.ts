import type { Context } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { SpanFacts, Tracing } from '../../domain/tracing.ts';
import { traceIn } from '../../workflows/trace-header.ts';
import { sayActivity } from './say-activity.ts';

/** A span for each try of an activity of a run. What a supervisor does by itself is part of no trace. */
export const traceActivities =
  (tracing: Tracing): ActivityInterceptorsFactory =>
  (context) => ({
    inbound: {
      async execute(input, next) {
        const parent = traceIn(input.headers);
        if (parent === null) return await next(input);
        const { activityType } = context.info;
        const [asked] = input.args;
        const facts = factsOf(context, asked);
        const ended = await tracing.span(`RunActivity:${activityType}`, { parent, facts }, async (span) => {
          try {
            const result = await next(input);
            span.add(sayActivity(activityType, asked, result));
            return { result };
          } catch (error) {
            // A watch that was called off, because something else is known, has not failed.
            if (!context.cancellationSignal.aborted) throw error;
            span.event('cancelled');
            return { error };
          }
        });
        if ('error' in ended) throw ended.error;
        return ended.result;
      },
    },
  });

function factsOf({ info }: Context, asked: unknown): SpanFacts {
  const { model, runId } = (asked ?? {}) as Record<string, string | undefined>;
  return {
    temporalWorkflowID: info.workflowExecution?.workflowId,
    temporalRunID: info.workflowExecution?.runId,
    temporalActivityID: info.activityId,
    'driftloop.attempt': info.attempt,
    'driftloop.model': model,
    'driftloop.run.id': runId,
  };
}
