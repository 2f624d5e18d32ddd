import { milliseconds } from '../domain/duration.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import type { RunEvent } from '../domain/ports.ts';
import { timesOf } from '../domain/rollout-config.ts';
import type { RolloutPlan, RolloutTimes } from '../domain/rollout.ts';
import type { RunOutcome, Trigger } from '../domain/run.ts';
import type { Ports } from './ports.ts';

/** What of the pinned config a run's workflow decides by; the rest stays with the activities. */
export type RunSettings = {
  configDigest: string;
  mode: ModelConfig['retrain']['mode'];
  holdAtMostMs: number;
  approval: {
    required: boolean;
    timeoutMs: number;
    onTimeout: ModelConfig['approval']['onTimeout'];
    /** A chat tool is told. */
    notifies: boolean;
  };
  rollout: { plan: RolloutPlan; times: RolloutTimes };
  /** Where a team serves the model itself: it is handed the version, in place of the rollout. */
  handover: { deliverWithinMs: number; deployWithinMs: number } | null;
};

/** So many looks in a row may fail to be made before a rollout is held: it is, at the second. */
const JUDGEMENT_ERRORS_AT_MOST = 1;

const settingsOf = (config: ModelConfig, configDigest: string): RunSettings => ({
  configDigest,
  mode: config.retrain.mode,
  holdAtMostMs: milliseconds(config.gate.holdAtMost),
  approval: {
    required: config.approval.required,
    timeoutMs: milliseconds(config.approval.timeout),
    onTimeout: config.approval.onTimeout,
    notifies: config.approval.notify !== undefined,
  },
  rollout: {
    plan: {
      shadow: config.rollout.shadow !== undefined,
      canary: config.rollout.canary,
      bake: config.rollout.bake !== undefined,
      errorLimit: JUDGEMENT_ERRORS_AT_MOST,
    },
    times: timesOf(config.rollout),
  },
  handover:
    config.serving.kind === 'outside'
      ? {
          deliverWithinMs: milliseconds(config.serving.deliverWithin),
          deployWithinMs: milliseconds(config.serving.deployWithin),
        }
      : null,
});

/** The line that says why a run began says also where its trace is found. */
const withTrace = (event: RunEvent, trace: string | null): RunEvent =>
  trace === null || event.data?.['trigger'] === undefined
    ? event
    : { ...event, data: { ...event.data, trace } };

/** The row of a run and its story. */
export const createStoryActivities = (
  { runs, models, examples, checkpoints }: Pick<Ports, 'runs' | 'models' | 'examples' | 'checkpoints'>,
  traceId: () => string | null = () => null,
) => ({
  /** Opens the run and pins the config that it began with. Safe to repeat: the same id keeps its first row. */
  async beginRun(begin: { runId: string; model: string; trigger: Trigger }): Promise<RunSettings> {
    const { runId, model, trigger } = begin;
    const { digest } = await models.get(model);
    const run = await runs.begin({
      id: runId,
      model,
      trigger,
      configDigest: digest,
      labelledAtStart: await examples.labelled(model),
    });
    return settingsOf(await models.getPinned(model, run.configDigest), run.configDigest);
  },

  /** Adds a line to the story and moves the run to its phase. Safe to repeat: the key is kept once. */
  async tell({ runId, event }: { runId: string; event: RunEvent }): Promise<void> {
    await runs.note(runId, withTrace(event, traceId()));
    await runs.update(runId, { phase: event.phase });
  },

  /** Closes the run. Safe to repeat: an ended run keeps its first outcome. */
  async endRun({ runId, outcome }: { runId: string; outcome: RunOutcome }): Promise<void> {
    if (await runs.end(runId, outcome))
      await runs.note(runId, { key: 'ended', phase: 'ended', sentence: outcome.sentence });
    // A run ends also where its checkpoint cannot be removed: it is swept later.
    await checkpoints.remove(runId).catch(() => {});
  },
});
