import { workflowInfo } from '@temporalio/workflow';
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { relayTraces } from './relay-traces.ts';
import { traceExecution } from './trace-execution.ts';

/**
 * What carries traces through workflows. In the bundle only where traces are on: it adds headers to what the workflows
 * do and asks for nothing by itself, so that histories replay with it and without.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  switch (workflowInfo().workflowType) {
    case 'supervise':
      return relayTraces();
    // Says one word to the supervisor, and is gone.
    case 'fireSchedule':
      return {};
    default:
      return traceExecution();
  }
};
