import { askedIn, decisionIn } from '../domain/approval.ts';
import type { Approval } from '../domain/approval.ts';
import { milliseconds } from '../domain/duration.ts';
import { labelsOfTask, toleranceOf } from '../domain/task.ts';
import type { TotalsStore } from '../domain/ingest-ports.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import type {
  AlertStore,
  DeclaredModel,
  ExampleStore,
  LabelDelay,
  MetricsReader,
  ModelStore,
  RouteStore,
  RunStore,
  TrainingTime,
  VersionStore,
} from '../domain/ports.ts';
import { isWaiting } from '../domain/run.ts';
import type { Run } from '../domain/run.ts';
import { triageOf } from '../domain/triage.ts';
import { answeredShare } from '../domain/version.ts';
import type { Route, Takeover, Version } from '../domain/version.ts';
import { bucketsOf } from '../monitors/as-happened.ts';
import { alarmBudgetOf } from '../monitors/drift-budget/watch-budget.ts';
import { budgetStanding } from '../monitors/policy/training-budget.ts';
import { watchedWindows } from '../monitors/rules/generate-rules.ts';
import type { Dossier } from './dossier/dossier.ts';
import { readDossier } from './dossier/read-dossier.ts';
import { judgeHealth, openFromPrometheus } from './judge-health.ts';
import type { HappenedHistory, History, Live, ModelView, RunView, Spend } from './model-view.ts';
import { readHistory, readLine, readLive, recordedSeries, silent } from './read-live.ts';
import type { Scope } from './read-live.ts';
import { readRunRecord } from './run/run-record.ts';
import type { RunRecord } from './run/run-record.ts';

export type GatherParts = {
  models: Pick<ModelStore, 'list' | 'get' | 'getPinned'>;
  versions: Pick<VersionStore, 'list'>;
  routes: Pick<RouteStore, 'get' | 'takeovers'>;
  runs: Pick<RunStore, 'list' | 'get' | 'story' | 'trainingTime' | 'approval' | 'evaluations' | 'course'>;
  examples: Pick<ExampleStore, 'labelled' | 'labelDelay' | 'inputsOf'>;
  alerts: Pick<AlertStore, 'list'>;
  totals: Pick<TotalsStore, 'happenedSteps' | 'standings'>;
  metrics: MetricsReader;
  namespace: string;
  /** The window of charts where a model watches nothing; as the rules were generated with. */
  windowMs?: number;
  /** What an hour of training costs. */
  trainingPrice?: TrainingPrice;
  clock: () => number;
};

export type TrainingPrice = Readonly<{ perHour: number; currency: string }>;

const spendOf = ({ seconds }: TrainingTime, price: TrainingPrice | undefined): Spend => ({
  minutes: seconds / 60,
  cost: price === undefined ? null : { amount: (seconds / 3_600) * price.perHour, currency: price.currency },
});

function championOf(
  versions: readonly Version[],
  route: Route | null,
  takeovers: readonly Takeover[],
): Version | null {
  const champion = versions.find(({ version }) => version === route?.champion.version);
  if (champion === undefined) return null;
  const since = takeovers.find(({ version }) => version === champion.version);
  return { ...champion, promotedAt: since?.at ?? champion.promotedAt };
}

export type Spark = Readonly<Record<'realized' | 'estimated', readonly [number, number][]>>;

/** Of how many of the newest labels it is said how long they took. */
const DELAYS = 2_000;

/** How many runs come with their story. */
const storied = 8;

export type Gather = ReturnType<typeof createGather>;

/** Reads everything that a page or the JSON API says, from the stores and from Prometheus. */
export function createGather(parts: GatherParts) {
  const { versions, routes, runs, examples, alerts, totals, metrics, namespace, windowMs, clock } = parts;

  const scopeOf = ({ config }: DeclaredModel): Scope => {
    const windows = watchedWindows(config, windowMs === undefined ? {} : { windowMs });
    return {
      namespace,
      model: config.name,
      windowMs: windows.outcomes[0]!,
      inputWindowMs: windows.inputs[0]!,
    };
  };

  async function readOpen(model: string, live: Live) {
    if (live.state === 'silent') return { live, open: [] };
    try {
      return { live, open: openFromPrometheus(await metrics.firing(model)) };
    } catch (error) {
      return { live: silent(error), open: [] };
    }
  }

  async function withStory(run: Run, index: number): Promise<RunView> {
    const events = index < storied || run.endedAt === null ? await runs.story(run.id) : [];
    const story = events.map(({ phase, sentence, at }) => ({ phase, sentence, at }));
    const waits = isWaiting(run);
    const asked = waits ? askedIn(events) : null;
    return {
      ...run,
      story,
      triage: triageOf(events),
      waitsSince: waits ? (asked?.at ?? run.startedAt) : null,
      asked,
      decision: decisionIn(events),
    };
  }

  async function viewOf(declared: DeclaredModel): Promise<ModelView> {
    const { config, paused } = declared;
    const model = config.name;
    const [live, allVersions, route, takeovers, labelled, storedAlerts, listed, trained, standings] =
      await Promise.all([
        readLive(metrics, scopeOf(declared)),
        versions.list(model),
        routes.get(model),
        routes.takeovers(model, { limit: 30 }),
        examples.labelled(model),
        alerts.list({ model, limit: 30 }),
        runs.list({ model, limit: 30 }),
        runs.trainingTime(model),
        totals.standings(model),
      ]);
    const [known, runViews] = await Promise.all([
      readOpen(model, live),
      Promise.all(listed.map((run, index) => withStory(run, index))),
    ]);
    return {
      name: model,
      at: new Date(clock()).toISOString(),
      task: {
        kind: config.task.kind,
        labels: labelsOfTask(config.task),
        tolerance: toleranceOf(config.task),
      },
      features: Object.keys(config.input).length,
      retrain: config.retrain,
      approval: config.approval,
      rollout: config.rollout,
      paused,
      budget: budgetStanding(config.retrain, trained),
      spend: spendOf(trained, parts.trainingPrice),
      alarmBudget: alarmBudgetOf(standings[0]),
      objective: objectiveOf(config),
      champion: championOf(allVersions, route, takeovers),
      takeovers,
      challenger: route?.challenger
        ? { version: route.challenger.version, share: answeredShare(route.challenger) }
        : null,
      labelled,
      live: known.live,
      health: judgeHealth(known.open, known.live),
      alerts: storedAlerts,
      runs: runViews,
      versions: allVersions.toSorted((a, b) => b.number - a.number),
    };
  }

  return {
    /** Every declared model, by name. */
    async fleet(): Promise<ModelView[]> {
      const declared = await parts.models.list();
      return Promise.all(declared.toSorted((a, b) => (a.config.name < b.config.name ? -1 : 1)).map(viewOf));
    },
    /** Throws DL_UNKNOWN_MODEL. */
    model: async (name: string): Promise<ModelView> => viewOf(await parts.models.get(name)),
    /** Throws DL_UNKNOWN_RUN. */
    async run(id: string): Promise<RunView & { approval: Approval | null }> {
      const run = await runs.get(id);
      const approval = isWaiting(run) ? await runs.approval(id) : null;
      return { ...(await withStory(run, 0)), approval };
    },
    /** What whoever decides on a run has to know. Throws DL_UNKNOWN_RUN. */
    dossier: (id: string): Promise<Dossier> => readDossier(parts, id),
    /** All that the page of a run says. Throws DL_UNKNOWN_RUN. */
    runRecord: (id: string): Promise<RunRecord> => readRunRecord(parts, id),
    /** Accuracy of each champion over time, realized and estimated, by model; whichever version it was. */
    async sparks(
      views: readonly ModelView[],
      { from, to }: { from: number; to: number },
    ): Promise<Map<string, Spark>> {
      const answering = views.flatMap(({ name, live, versions: all }) =>
        live.state === 'answers'
          ? [{ name, live, born: Date.parse(all.at(-1)?.createdAt ?? '') || from }]
          : [],
      );
      const lines = answering.map(async ({ name, live, born }): Promise<[string, Spark]> => {
        const scope = { namespace, model: name };
        const stretch = { from: Math.max(from, born), to };
        const line = (promql: string) => readLine(metrics, `max(${promql})`, stretch).catch(() => []);
        const [realized, estimated] = await Promise.all([
          line(recordedSeries('championAccuracy', scope, live.windowMs)),
          live.estimated === null ? [] : line(recordedSeries('estimatedAccuracy', scope, live.windowMs)),
        ]);
        return [name, { realized, estimated }];
      });
      return new Map(await Promise.all(lines));
    },
    /** Accuracy and label coverage by the time of the predictions, in about 60 steps. */
    async happened(name: string, { from, to }: { from: number; to: number }): Promise<HappenedHistory> {
      const { widthMs } = bucketsOf((await parts.models.get(name)).config);
      const stepMs = Math.max(1, Math.ceil((to - from) / 60 / widthMs)) * widthMs;
      // Whole steps, so that none is half of what it will be at the next look.
      const stretch = { model: name, fromMs: Math.floor(from / stepMs) * stepMs, toMs: to };
      const steps = await totals.happenedSteps(stretch, stepMs);
      return {
        from,
        to,
        stepMs,
        steps: steps.map(({ startsAtMs, ...step }) => ({ at: startsAtMs, ...step })),
      };
    },
    /** How long the newest labels took; null before the first. */
    labelDelay: (name: string): Promise<LabelDelay | null> => examples.labelDelay(name, DELAYS),
    /** The chart of a model; null where Prometheus does not answer. */
    async history(view: ModelView, { from, to }: { from: number; to: number }): Promise<History | null> {
      if (view.live.state === 'silent') return null;
      const { windowMs, inputWindowMs } = view.live;
      return readHistory(
        metrics,
        { namespace, model: view.name, windowMs, inputWindowMs },
        { from, to, challenger: view.challenger?.version ?? null },
      );
    },
  };
}

/** What the model is held to: a bound over a window, else an objective over its stretch. */
function objectiveOf({ watch }: Pick<ModelConfig, 'watch'>) {
  for (const one of watch)
    if (one.kind === 'quality')
      return { metric: one.metric, atLeast: one.atLeast, windowMs: milliseconds(one.window) };
  for (const one of watch)
    if (one.kind === 'objective')
      return { metric: one.metric, atLeast: one.atLeast, windowMs: milliseconds(one.over) };
  return null;
}
