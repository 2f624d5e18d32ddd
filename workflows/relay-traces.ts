import type { WorkflowInterceptors } from '@temporalio/workflow';
import type { AlertRow } from '../domain/ports.ts';
import type { TraceContext } from '../domain/tracing.ts';
import type { RetrainInput } from './retrain.ts';
import { traceIn, withTrace } from './trace-header.ts';

/** More than a supervisor keeps alerts. */
const KEPT = 100;

/**
 * A supervisor lives for ever and is part of no trace. It hands on the trace of what was said to it (an alert, a
 * request) to the run that begins because of that, however much later; a run that it begins by itself begins a trace.
 */
export function relayTraces(): WorkflowInterceptors {
  const heard = new Map<string, TraceContext>();
  const hear = (what: string, context: TraceContext | null) => {
    if (context === null) return;
    heard.set(what, context);
    if (heard.size > KEPT) heard.delete(heard.keys().next().value!);
  };
  return {
    inbound: [
      {
        handleSignal(input, next) {
          const [alert] = input.args as [AlertRow];
          if (input.signalName === 'alertFired') hear(`alert ${alert.fingerprint}`, traceIn(input.headers));
          return next(input);
        },
        handleUpdate(input, next) {
          const [request] = input.args as [{ runId: string }];
          if (input.name === 'requestRun') hear(`run ${request.runId}`, traceIn(input.headers));
          return next(input);
        },
      },
    ],
    outbound: [
      {
        startChildWorkflowExecution(input, next) {
          const [{ runId, trigger }] = input.options.args as [RetrainInput];
          const context = heard.get(`run ${runId}`) ?? heard.get(`alert ${trigger.alert?.fingerprint}`);
          if (context === undefined) return next(input);
          return next({ ...input, headers: withTrace(input.headers, context) });
        },
      },
    ],
  };
}
