import { DefaultLogger, Runtime, Worker, makeTelemetryFilterString } from '@temporalio/worker';
import type { WorkflowHandle } from '@temporalio/client';
import type { Duration, Workflow, WorkflowResultType } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundle } from '@temporalio/worker';
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
  /** The server of the story that is being told. */
  readonly env: TestWorkflowEnvironment;
  namespace: string;
  /** Lets the workflows' clock run on by so much. */
  sleep(duration: Duration): Promise<void>;
  /** Lets it run on until a workflow has ended. */
  result<W extends Workflow>(handle: WorkflowHandle<W>): Promise<WorkflowResultType<W>>;
  /**
   * Tells a story with these activities, about a model that no other story knows. What a story that was lost has left
   * behind (a workflow that nobody answers, a clock that it holds, a dead worker) is no part of the next one, which gets
   * a server of its own.
   */
  tell<T>(loop: Scripted, story: (model: string) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

const namespace = 'stories';

export async function startLoopEnvironment(): Promise<LoopEnvironment> {
  const logger = new DefaultLogger('ERROR');
  const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' });
  Runtime.install({ logger, shutdownSignals: [], telemetryOptions: { logging: { filter } } });
  const bundle = workflowBundle({ logger });
  let stage = await setStage(bundle);
  let isTelling = false;
  let stories = 0;
  return {
    get env() {
      return stage.env;
    },
    namespace,
    sleep: (duration) => jumping(stage.env, stage.env.sleep(duration)),
    result: (handle) => jumping(stage.env, handle.result()),
    async tell(loop, story) {
      if (isTelling) {
        await stage.leave().catch(() => {});
        stage = await setStage(bundle);
      }
      isTelling = true;
      const here = stage;
      here.play(loop);
      const told = await Promise.race([story(`meter-${(stories += 1)}`), here.broken]);
      if (here === stage) isTelling = false;
      return told;
    },
    close: () => stage.close(),
  };
}

type Stage = {
  env: TestWorkflowEnvironment;
  play(loop: Scripted): void;
  /** Fails when a worker does: nobody would ever answer again. */
  broken: Promise<never>;
  close(): Promise<void>;
  /** Closes it under a story that is lost and still asks. */
  leave(): Promise<void>;
};

async function setStage(workflows: Promise<WorkflowBundle>): Promise<Stage> {
  const [{ env, close, leave }, bundle] = await Promise.all([startTimeSkipping(), workflows]);
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
    // An activity of a lost story may wait for ever.
    shutdownForceTime: '5 seconds',
    interceptors: { activity: [() => ({ inbound: failureInterceptor }), () => ({ inbound: signOfLife })] },
  };
  const workers = await Promise.all([
    Worker.create({ ...shared, taskQueue: queues.control, workflowBundle: bundle }),
    Worker.create({ ...shared, taskQueue: queues.training }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  const broken = new Promise<never>((_, reject) => {
    running.catch(reject);
  });
  // Whoever tells a story hears it; between two stories nobody has to.
  broken.catch(() => {});
  const letWorkersGo = async () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await running.catch(() => {});
  };
  return {
    env,
    play: (loop) => (current = loop),
    broken,
    async close() {
      await letWorkersGo();
      await close();
    },
    async leave() {
      await letWorkersGo();
      await leave();
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
