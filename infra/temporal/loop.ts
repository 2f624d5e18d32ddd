import { WithStartWorkflowOperation, WorkflowNotFoundError, isGrpcServiceError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import { v7 as uuidv7 } from 'uuid';
import { taskQueues, workflowIds } from '../../domain/names.ts';
import type { Loop } from '../../domain/ports.ts';
import { noRollout } from '../../domain/rollout-refusals.ts';
import { isOnTrial } from '../../domain/rollout.ts';
import type { Tracing } from '../../domain/tracing.ts';
import { notHeld, notWaiting } from '../../domain/run-refusals.ts';
import { decide, force } from '../../workflows/listen.ts';
import { pause, resume } from '../../workflows/pausing.ts';
import { standing, steer } from '../../workflows/steer.ts';
import { supervise } from '../../workflows/supervise.ts';
import { alertFired, requestRun } from '../../workflows/supervisor-desk.ts';
import { connectClient, temporalProblem } from './connect.ts';
import type { TemporalAddress } from './connect.ts';
import { fromFailure } from './failures.ts';

type Installation = { namespace: string; temporal: TemporalAddress };
type Options = {
  /** Null, or left out, where traces are off. */
  tracing?: Tracing | null;
};

/** How the outside speaks to supervisors and runs, with a connection of its own. */
export async function connectLoop(
  environment: Installation,
  { tracing = null }: Options = {},
): Promise<{ loop: Loop; close(): Promise<void> }> {
  const interceptors =
    tracing === null ? [] : [(await import('../tracing/trace-calls.ts')).traceCalls(tracing)];
  const { client, close } = await connectClient(environment.temporal, interceptors);
  return { loop: createLoop(client, environment), close };
}

/** The `Loop` port over Temporal. A supervisor that is missing is started by whatever is said to it. */
function createLoop(client: Client, { namespace, temporal }: Installation): Loop {
  const ours = inOurWords(temporal);
  const supervisor = (model: string) => ({
    workflowId: workflowIds.supervise(namespace, model),
    taskQueue: taskQueues(namespace).control,
    args: [{ namespace, model }] as [{ namespace: string; model: string }],
  });
  const rollout = (model: string) => client.workflow.getHandle(workflowIds.rollout(namespace, model));
  const tellRun = <Said>(
    model: string,
    update: UpdateDefinition<void, [Said]>,
    said: Said,
  ): Promise<void> => {
    const run = client.workflow.getHandle(workflowIds.retrain(namespace, model));
    return ours(() => run.executeUpdate(update, { args: [said] }));
  };
  return {
    async ensureSupervisor(model) {
      await ours(() =>
        client.workflow.start(supervise, { ...supervisor(model), workflowIdConflictPolicy: 'USE_EXISTING' }),
      );
    },

    async alertFired(alert) {
      await ours(() =>
        client.workflow.signalWithStart(supervise, {
          ...supervisor(alert.model),
          signal: alertFired,
          signalArgs: [alert],
        }),
      );
    },

    async requestRun(model, request) {
      const startWorkflowOperation = new WithStartWorkflowOperation(supervise, {
        ...supervisor(model),
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
      return await ours(() =>
        client.workflow.executeUpdateWithStart(requestRun, {
          startWorkflowOperation,
          args: [{ ...request, runId: `run-${uuidv7()}` }],
        }),
      );
    },

    decide: ({ id: runId, model }, answer) =>
      tellRun(model, decide, { runId, ...answer }).catch((error: unknown) => {
        throw isGone(error) ? notWaiting(runId) : error;
      }),

    force: ({ id: runId, model }, why) =>
      tellRun(model, force, { runId, ...why }).catch((error: unknown) => {
        throw isGone(error) ? notHeld(runId) : error;
      }),

    async steer(model, said) {
      await ours(() => rollout(model).executeUpdate(steer, { args: [said] })).catch((error: unknown) => {
        throw isGone(error) ? noRollout(model) : error;
      });
    },

    async rollout(model) {
      try {
        const now = await ours(() => rollout(model).query(standing));
        return isOnTrial(now.rollout) ? now : null;
      } catch (error) {
        if (isGone(error)) return null;
        throw error;
      }
    },

    async pause(model, by, via) {
      await ours(() =>
        client.workflow.signalWithStart(supervise, {
          ...supervisor(model),
          signal: pause,
          signalArgs: [{ by, ...(via === undefined ? {} : { via }) }],
        }),
      );
    },

    async resume(model, by, via) {
      await ours(() =>
        client.workflow.signalWithStart(supervise, {
          ...supervisor(model),
          signal: resume,
          signalArgs: [{ by, ...(via === undefined ? {} : { via }) }],
        }),
      );
    },
  };
}

/** No run of this model goes on, or it ended before it could answer. */
const isGone = (error: unknown): boolean => error instanceof WorkflowNotFoundError;

/** The gRPC status codes of a server that is away, or lets nobody in: permission denied, unavailable, unauthenticated. */
const ofTheConnection: readonly number[] = [7, 14, 16];

/** What was refused inside comes out as it went in; a server that is away is said as what it is. */
const inOurWords =
  (temporal: TemporalAddress) =>
  async <T>(ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      const said = fromFailure(error);
      if (said !== null) throw said;
      // The client wraps it, and says what it was doing.
      const call = error instanceof Error && error.cause !== undefined ? error.cause : error;
      throw isGrpcServiceError(call) && ofTheConnection.includes(call.code)
        ? temporalProblem(temporal, call)
        : error;
    }
  };
