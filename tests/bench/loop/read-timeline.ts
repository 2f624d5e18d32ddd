import { Client } from '@temporalio/client';
import { Pool } from 'pg';
import type { Session } from '../../../cli/demo/session.ts';
import type { Played } from '../../../cli/demo/play.ts';
import { databaseSchema, workflowIds } from '../../../domain/names.ts';
import { defaultPolicy } from '../../../domain/policy/regret-policy.ts';
import type { Run } from '../../../domain/run.ts';
import { connectClient } from '../../../infra/temporal/connect.ts';
import { observe, start, type Regret } from '../../../monitors/regret.ts';

/** What a workflow did between its start and its end, in milliseconds since 1970. */
export type Interval = { kind: 'activity' | 'timer' | 'child'; name: string; from: number; to: number };

/** The instants of one loop, from the change of the world to the challenger answering all of production. */
export type Timeline = {
  firstDriftedLabelAt: number;
  /** The label with which regret reached the price. */
  crossedAt: number;
  run: Run;
  retrain: { startedAt: number; intervals: Interval[] };
  rollout: { intervals: Interval[] };
  promotedAt: number;
};

/** Reads it from where it was written: examples and scores, the rows of the run, the histories of its workflows. */
export async function readTimeline(
  { driftloop, production }: Session,
  { outcomes, view }: Played,
): Promise<Timeline> {
  const { namespace, temporal, databaseUrl } = driftloop.environment;
  const run = view.runs.findLast(
    (r) => r.promotedAt !== null && r.trigger.kind === 'regret' && !r.trigger.refit,
  );
  const driftAt = production.stream.driftAtRows?.find((row) => row >= production.bootstrapRows) ?? Infinity;
  const firstDrifted = outcomes.find(({ index }) => index >= driftAt);
  if (run === undefined || firstDrifted === undefined) throw new Error('the loop has not closed');
  const pool = new Pool({
    connectionString: databaseUrl,
    max: 1,
    options: `-c search_path=${databaseSchema(namespace)}`,
  });
  const { client, close } = await connectClient(temporal);
  try {
    const { rows: labels } = await pool.query<{ id: string; at: Date; correct: boolean }>(
      `select e.prediction_id as id, e.arrived_at as at, s.correct
         from champion_scores s join examples e using (prediction_id)
        where s.model = $1 and s.correct is not null order by s.seq`,
      [run.model],
    );
    const retrainId = workflowIds.retrain(namespace, run.model);
    const retrain = await historyOf(client, retrainId, await executionOf(client, retrainId, run.id));
    const rollout = await historyOf(client, workflowIds.rollout(namespace, run.model), retrain.rolloutRunId);
    return {
      firstDriftedLabelAt: labels.find(({ id }) => id === firstDrifted.predictionId)!.at.getTime(),
      crossedAt: crossing(labels),
      run,
      retrain: { startedAt: retrain.startedAt, intervals: retrain.intervals },
      rollout: { intervals: rollout.intervals },
      promotedAt: Date.parse(run.promotedAt!),
    };
  } finally {
    await Promise.all([pool.end(), close()]);
  }
}

function crossing(labels: readonly { at: Date; correct: boolean }[]): number {
  let regret: Regret = start();
  for (const { at, correct } of labels) {
    regret = observe(regret, !correct);
    if (regret.regret >= defaultPolicy.price) return at.getTime();
  }
  throw new Error('regret never reached the price');
}

/** Runs of a model follow one another under one id; the memo says which is whose. */
async function executionOf(client: Client, workflowId: string, runId: string): Promise<string> {
  for await (const { runId: execution, memo } of client.workflow.list({
    query: `WorkflowId = '${workflowId}'`,
  })) {
    if (memo?.['runId'] === runId) return execution;
  }
  throw new Error(`Temporal does not know the workflow of ${runId}`);
}

async function historyOf(client: Client, workflowId: string, execution: string) {
  const { events } = await client.workflow.getHandle(workflowId, execution).fetchHistory();
  const at = (event: { eventTime?: { seconds?: unknown; nanos?: number | null } | null }) =>
    Number(event.eventTime!.seconds) * 1000 + (event.eventTime!.nanos ?? 0) / 1e6;
  const open = new Map<string, { kind: Interval['kind']; name: string; from: number }>();
  const intervals: Interval[] = [];
  let rolloutRunId = '';
  const end = (id: unknown, to: number) => {
    const begun = open.get(String(id));
    if (begun !== undefined) intervals.push({ ...begun, to });
  };
  for (const event of events ?? []) {
    const { activityTaskScheduledEventAttributes: scheduled, timerStartedEventAttributes: timer } = event;
    const id = String(event.eventId);
    if (scheduled) open.set(id, { kind: 'activity', name: scheduled.activityType!.name!, from: at(event) });
    if (timer) open.set(id, { kind: 'timer', name: 'timer', from: at(event) });
    const child = event.childWorkflowExecutionStartedEventAttributes;
    if (child) {
      open.set(String(child.initiatedEventId), {
        kind: 'child',
        name: child.workflowType!.name!,
        from: at(event),
      });
      rolloutRunId = child.workflowExecution!.runId!;
    }
    end(event.activityTaskCompletedEventAttributes?.scheduledEventId, at(event));
    end(event.activityTaskCanceledEventAttributes?.scheduledEventId, at(event));
    end(event.timerFiredEventAttributes?.startedEventId, at(event));
    end(event.childWorkflowExecutionCompletedEventAttributes?.initiatedEventId, at(event));
  }
  return { startedAt: at(events![0]!), intervals, rolloutRunId };
}
