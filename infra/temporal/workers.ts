import {
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  makeTelemetryFilterString,
} from '@temporalio/worker';
import type { ActivityInterceptorsFactory, LogEntry, WorkerOptions } from '@temporalio/worker';
import type { ControlActivities, TrainingActivities } from '../../activities/control-activities.ts';
import { taskQueues } from '../../domain/names.ts';
import type { PastSpan, Tracing } from '../../domain/tracing.ts';
import { connectionOptions, temporalProblem } from './connect.ts';
import type { TemporalAddress } from './connect.ts';
import { failureInterceptor } from './failures.ts';
import { signOfLife } from './sign-of-life.ts';
import { workflowBundle } from './workflow-bundle.ts';

type Log = Record<'debug' | 'info' | 'warn' | 'error', (fields: object, message: string) => void>;

/**
 * Temporal's own log goes where the role's does, and signals are left to the role: it stops its worker itself.
 * Once in a process, before the first connection.
 */
export function installRuntime(log: Log): void {
  const levels = { TRACE: 'debug', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
  const logger = new DefaultLogger('WARN', ({ level, message, meta }: LogEntry) =>
    log[levels[level]]({ ...meta, from: 'temporal' }, message),
  );
  const filter = makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' });
  Runtime.install({
    logger,
    shutdownSignals: [],
    // The native part writes past the log unless it is told not to.
    telemetryOptions: { logging: { filter, forward: {} } },
  });
}

/** The connection of a worker. Throws DL_TEMPORAL_UNREACHABLE. */
export async function connectWorker(temporal: TemporalAddress): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(await connectionOptions(temporal));
  } catch (cause) {
    throw temporalProblem(temporal, cause);
  }
}

export type WorkerSettings<Activities> = {
  connection: NativeConnection;
  /** Temporal's namespace. */
  temporalNamespace: string;
  /** Driftloop's. */
  namespace: string;
  activities: Activities;
  /**
   * Where several releases run side by side: runs and rollouts stay with the release that they began on (PINNED), a
   * supervisor moves when it continues as new. Left out, as in `dev`, nothing is pinned.
   */
  deployment?: { name: string; buildId: string };
  /** Null, or left out, where traces are off. */
  tracing?: Tracing | null;
};

export type RunningWorker = {
  /** Lets go of what it does (others take it up) and ends. */
  stop(): Promise<void>;
  /** Settles when the worker has ended; rejects when it ended by a fault. */
  ended: Promise<void>;
};

/** Watching activities only sleep: a worker can hold many, and must, one or two for each model. */
const ACTIVITIES_AT_ONCE = 500;
/** A GPU trains one challenger at a time. */
const TRAININGS_AT_ONCE = 1;
/** How soon an activity hears that it was cancelled. Watches are many; a training is one, and keeps a GPU busy. */
const HEARTBEATS_APART = { control: '3 seconds', training: '250 milliseconds' } as const;

const translated = () => ({ inbound: failureInterceptor });

/** The innermost, so that a span knows what was thrown as what it is. */
async function traced({ tracing }: WorkerSettings<object>): Promise<ActivityInterceptorsFactory[]> {
  if (tracing == null) return [];
  const { traceActivities } = await import('../tracing/trace-activities.ts');
  return [traceActivities(tracing)];
}

/** How the spans of workflows leave their sandbox. */
const traceSinks = ({ tracing }: WorkerSettings<object>): Pick<WorkerOptions, 'sinks'> => {
  if (tracing == null) return {};
  const ended = (_: unknown, span: PastSpan) => tracing.record(span);
  return { sinks: { traces: { ended: { fn: ended, callDuringReplay: false } } } };
};

/** Workflows and control activities. */
export async function createControlWorker(
  settings: WorkerSettings<ControlActivities>,
): Promise<RunningWorker> {
  return await runWorker(settings, {
    taskQueue: taskQueues(settings.namespace).control,
    interceptors: {
      activity: [() => ({ inbound: signOfLife }), translated, ...(await traced(settings))],
    },
    ...traceSinks(settings),
    maxHeartbeatThrottleInterval: HEARTBEATS_APART.control,
    workflowBundle: await workflowBundle({
      logger: new DefaultLogger('WARN'),
      traced: settings.tracing != null,
    }),
    maxConcurrentActivityTaskExecutions: ACTIVITIES_AT_ONCE,
  });
}

/** Fine-tuning and nothing else; loads no workflow code. */
export async function createTrainingWorker(
  settings: WorkerSettings<TrainingActivities>,
): Promise<RunningWorker> {
  return await runWorker(settings, {
    taskQueue: taskQueues(settings.namespace).training,
    // Heartbeats by itself: they carry how far it has come.
    interceptors: { activity: [translated, ...(await traced(settings))] },
    maxHeartbeatThrottleInterval: HEARTBEATS_APART.training,
    maxConcurrentActivityTaskExecutions: TRAININGS_AT_ONCE,
  });
}

async function runWorker(
  { connection, temporalNamespace, activities, deployment }: WorkerSettings<object>,
  options: Pick<
    WorkerOptions,
    | 'taskQueue'
    | 'interceptors'
    | 'sinks'
    | 'workflowBundle'
    | 'maxConcurrentActivityTaskExecutions'
    | 'maxHeartbeatThrottleInterval'
  >,
): Promise<RunningWorker> {
  const worker = await Worker.create({
    ...options,
    connection,
    namespace: temporalNamespace,
    activities,
    ...(deployment === undefined ? {} : { workerDeploymentOptions: pinnedTo(deployment) }),
  });
  const ended = worker.run();
  // Whoever holds `ended` hears of a fault; without a holder it must not end the process.
  ended.catch(() => {});
  return {
    ended,
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended.catch(() => {});
    },
  };
}

const pinnedTo = ({ name, buildId }: { name: string; buildId: string }) => ({
  useWorkerVersioning: true as const,
  version: { deploymentName: name, buildId },
  defaultVersioningBehavior: 'PINNED' as const,
});
