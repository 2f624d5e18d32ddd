import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { SpanAbout, Tracing } from '../../domain/tracing.ts';
import { withTrace } from '../../workflows/trace-header.ts';

/** What is said to supervisors, runs and rollouts, as spans whose trace goes with it. */
export const traceCalls = (tracing: Tracing): WorkflowClientInterceptor => ({
  signalWithStart: (input, next) =>
    tracing.span(`SignalWithStartWorkflow:${input.signalName}`, to(input.options.workflowId), ({ context }) =>
      next({ ...input, headers: withTrace(input.headers, context) }),
    ),
  startUpdate: (input, next) =>
    tracing.span(
      `UpdateWorkflow:${input.updateName}`,
      to(input.workflowExecution.workflowId),
      ({ context }) => next({ ...input, headers: withTrace(input.headers, context) }),
    ),
  startUpdateWithStart: (input, next) =>
    tracing.span(
      `UpdateWithStartWorkflow:${input.updateName}`,
      to(input.workflowStartOptions.workflowId),
      ({ context }) => next({ ...input, updateHeaders: withTrace(input.updateHeaders, context) }),
    ),
});

const to = (workflowId: string | null | undefined): SpanAbout => ({
  kind: 'client',
  facts: { temporalWorkflowID: workflowId },
});
