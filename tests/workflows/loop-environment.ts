import { DefaultLogger, Runtime, Worker, makeTelemetryFilterString } from '@temporalio/worker';
import type { WorkflowHandle } from '@temporalio/client';
import type { Duration, Workflow, WorkflowResultType } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { taskQueues } from '../../domain/names.ts';
import { failureInterceptor } from '../../infra/temporal/failures.ts';
import { signOfLife } from '../../infra/temporal/sign-of-life.ts';
import { workflowBundle } from '../../infra/temporal/workflow-bundle.ts';
import { scriptedLoop } from '../fakes/scripted-loop.ts';
import type { Scripted } from '../fakes/scripted-loop.ts';
import { jumping } from '../support/free-clock.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';

/** One server and one pair of workers for a test file; each story has its own script and its own model. */
export type LoopEnvironment = {
  env: TestWorkflowEnvironment;
  namespace: string;
  /** Lets the workflows' clock run on by so much. */
  sleep(duration: Duration): Promise<void>;
  /** Lets it run on until a workflow has ended. */
  result<W extends Workflow>(handle: WorkflowHandle<W>): Promise<WorkflowResultType<W>>;
  /** Tells a story with these activities, about a model that no other story knows. */
  tell<T>(loop: Scripted, story: (model: string) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

export async function startLoopEnvironment(): Promise<LoopEnvironment> {
  const logger = new DefaultLogger('ERROR');
  const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' });
  Runtime.install({ logger, shutdownSignals: [], telemetryOptions: { logging: { filter } } });
  const [server, bundle] = await Promise.all([startTimeSkipping(), workflowBundle({ logger })]);
  const { env } = server;
  const namespace = 'stories';
  const queues = taskQueues(namespace);
  let current: Scripted | null = null;
  const activities = Object.fromEntries(
    Object.keys(scriptedLoop().activities).map((name) => [
      name,
      (input: never) => current!.activities[name as keyof Scripted['activities']](input),
    ]),
  );
  const shared = {
    connection: env.nativeConnection,
    activities,
    interceptors: { activity: [() => ({ inbound: failureInterceptor }), () => ({ inbound: signOfLife })] },
  };
  const workers = await Promise.all([
    Worker.create({ ...shared, taskQueue: queues.control, workflowBundle: bundle }),
    Worker.create({ ...shared, taskQueue: queues.training }),
  ]);
  const running = workers.map((worker) => worker.run());
  let stories = 0;
  return {
    env,
    namespace,
    sleep: (duration) => jumping(env, env.sleep(duration)),
    result: (handle) => jumping(env, handle.result()),
    async tell(loop, story) {
      current = loop;
      return await story(`meter-${(stories += 1)}`);
    },
    async close() {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await server.close();
    },
  };
}

/** Waits in real time for something that is about to happen; the workflows' clock does not move. */
export async function until(isSo: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`still not so after ${withinMs} ms: ${isSo.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
