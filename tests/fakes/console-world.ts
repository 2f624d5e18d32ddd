import { createConsoleApp } from '../../console/app.tsx';
import type { Examination } from '../../console/examination.ts';
import { oneApproval } from './one-approval.ts';
import { parseConfig } from '../../domain/config.ts';
import { DriftloopError } from '../../domain/errors.ts';
import type { AlarmBudget, TotalsStore } from '../../domain/ingest-ports.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import type { Snapshot } from '../../domain/examples.ts';
import { learntUnknown } from '../../domain/golden.ts';
import type { Learnt } from '../../domain/golden.ts';
import type { InputRow } from '../../domain/input.ts';
import type {
  AlertRow,
  AppliedConfig,
  EvaluationRow,
  LabelDelay,
  Loop,
  RunEvent,
  TrainingTime,
} from '../../domain/ports.ts';
import type { RolloutLook, RolloutStanding } from '../../domain/rollout.ts';
import type { CoursePoint, Run } from '../../domain/run.ts';
import type { Route, Takeover, Version } from '../../domain/version.ts';
import type { TeamLogin } from '../../domain/team-login.ts';
import { fakeMetricsReader } from './metrics-reader.ts';
import { fakePeople } from './people.ts';
import { fakeTeachStore } from './teach-store.ts';

type Said = { by: string; reason: string };

/** The console over stores in memory. A test puts rows into `rows` and reads in `said` what the loop was told. */
export function consoleWorld({
  now = Date.now(),
  refreshMs = 2_000,
  namespace = 'default',
  localUser = 'ada',
  teamLogin,
}: {
  now?: number;
  refreshMs?: number;
  namespace?: string;
  /** Null: the installation's token is no person's, as in production. */
  localUser?: string | null;
  teamLogin?: TeamLogin;
} = {}) {
  const time = { now };
  const clock = () => time.now;
  const metrics = fakeMetricsReader(clock);
  const people = fakePeople({ localUser, clock });
  const teach = fakeTeachStore(() => rows.models.map(({ config }) => config.name));
  const rows = {
    models: [] as { config: ModelConfig; paused: boolean }[],
    /** Newest first. */
    applied: [] as AppliedConfig[],
    versions: [] as Version[],
    routes: [] as Route[],
    /** Beside the first of each version that was promoted; newest first. */
    takeovers: [] as (Takeover & { model: string })[],
    runs: [] as Run[],
    stories: new Map<string, (RunEvent & { at: string })[]>(),
    evaluations: new Map<string, EvaluationRow[]>(),
    courses: new Map<string, CoursePoint[]>(),
    snapshots: new Map<string, Snapshot>(),
    learnt: new Map<string, Learnt>(),
    looks: new Map<string, RolloutLook[]>(),
    rollouts: new Map<string, RolloutStanding>(),
    inputs: new Map<string, { input: InputRow | null; at: string }>(),
    alerts: [] as (AlertRow & { receivedAt: string })[],
    labelled: new Map<string, number>(),
    delays: new Map<string, LabelDelay>(),
    happened: [] as Awaited<ReturnType<TotalsStore['happenedSteps']>>,
    trained: new Map<string, TrainingTime>(),
    alarmBudgets: new Map<string, AlarmBudget>(),
  };
  const said: (readonly [verb: string, subject: string, said: Said])[] = [];
  const problems: { loop: Error | null; stores: Error | null } = { loop: null, stores: null };
  const logged: string[] = [];

  const declared = (model: (typeof rows.models)[number]) => ({
    ...model,
    digest: 'c',
    pausedBy: model.paused ? 'ada' : null,
  });
  const known = async (name: string) => {
    if (problems.stores !== null) throw problems.stores;
    const found = rows.models.find(({ config }) => config.name === name);
    if (found === undefined)
      throw new DriftloopError('DL_UNKNOWN_MODEL', `There is no model "${name}".`, {
        fix: 'Declare it.',
        status: 404,
      });
    return declared(found);
  };
  const knownRun = (id: string) => {
    const run = rows.runs.find((r) => r.id === id);
    if (run === undefined)
      throw new DriftloopError('DL_UNKNOWN_RUN', `There is no run ${id}.`, {
        fix: 'List them.',
        status: 404,
      });
    return run;
  };
  const unused = (): never => {
    throw new Error('the console does not ask for this');
  };
  const tell = async (verb: string, subject: string, what: Said) => {
    if (problems.loop !== null) throw problems.loop;
    said.push([verb, subject, what]);
  };
  const approvalIsVoid = () =>
    new DriftloopError('DL_APPROVAL_VOID', 'This approval is void: the policy changed.', {
      fix: 'Read the new report.',
    });
  /** How the question of any run that waits stands. */
  const approval = oneApproval({
    artifact: 'artifact-13',
    report: 'report-41',
    test: 'test-41',
    policy: 'policy-2',
  });
  const loop: Loop = {
    ensureSupervisor: unused,
    alertFired: async (alert) => tell('alert', alert.model, { by: alert.fingerprint, reason: '' }),
    async requestRun(model, what) {
      await tell('start', model, what);
      return { runId: 'run-new' };
    },
    async decide({ id: runId }, { kind, by, reason, boundTo }) {
      if (boundTo !== undefined && boundTo.policy !== approval.boundTo.policy) throw approvalIsVoid();
      await tell(kind, runId, { by, reason });
      knownRun(runId).phase = 'rollout';
    },
    force: async ({ id: runId }, why) => tell('force', runId, why),
    async steer(model, { kind, by, reason }) {
      await tell(`${kind} rollout`, model, { by, reason: reason ?? '' });
    },
    async rollout(model) {
      if (problems.loop !== null) throw problems.loop;
      return rows.rollouts.get(model) ?? null;
    },
    async pause(model, by) {
      await tell('pause', model, { by, reason: '' });
      (await known(model)).paused = true;
      rows.models.find(({ config }) => config.name === model)!.paused = true;
    },
    async resume(model, by) {
      await tell('resume', model, { by, reason: '' });
      rows.models.find(({ config }) => config.name === model)!.paused = false;
    },
  };
  const newestFirst = <T>(list: readonly T[], at: (row: T) => string) =>
    list.toSorted((a, b) => Date.parse(at(b)) - Date.parse(at(a)));
  const ofModel = <T extends { model: string }>(list: readonly T[], model: string | undefined) =>
    list.filter((row) => model === undefined || row.model === model);

  /** What the doctor finds: a test changes it. */
  const examined: { -readonly [K in keyof Examination]: Examination[K] } & { wait?: Promise<void> } = {
    healthy: true,
    parts: [part('PostgreSQL', '15.8'), part('Prometheus', '2.45.0')],
    roles: [{ role: 'server', ready: true, problem: null, fix: null }],
    environment: [],
  };
  const app = createConsoleApp({
    models: {
      apply: unused,
      getPinned: async (model) => (await known(model)).config,
      recomputedDigest: unused,
      setPaused: unused,
      applied: async ({ limit }) => rows.applied.slice(0, limit),
      get: known,
      async list() {
        if (problems.stores !== null) throw problems.stores;
        return rows.models.map(declared);
      },
    },
    versions: {
      register: unused,
      setRole: unused,
      setAccuracyOnTest: unused,
      async get(model, version) {
        const found = ofModel(rows.versions, model).find((one) => one.version === version);
        if (found === undefined)
          throw new DriftloopError('DL_UNKNOWN_VERSION', `${model} has no version "${version}".`, {
            fix: 'List them.',
            status: 404,
          });
        return found;
      },
      champion: unused,
      reference: unused,
      learnt: async (model, version) => rows.learnt.get(`${model} ${version}`) ?? learntUnknown,
      list: async (model) => ofModel(rows.versions, model).toSorted((a, b) => a.number - b.number),
    },
    routes: {
      list: async () => rows.routes,
      get: async (model) => rows.routes.find((route) => route.model === model) ?? null,
      setChallenger: unused,
      promote: unused,
      previousChampion: async (model) =>
        ofModel(rows.versions, model)
          .filter(({ role, promotedAt }) => role === 'retired' && promotedAt !== null)
          .toSorted((a, b) => b.number - a.number)[0]?.version ?? null,
      takeovers: async (model, { limit }) =>
        [
          ...ofModel(rows.takeovers, model),
          ...ofModel(rows.versions, model)
            .filter(({ promotedAt }) => promotedAt !== null)
            .toSorted((a, b) => b.number - a.number)
            .map(({ version, promotedAt, runId }) => ({
              version,
              at: promotedAt!,
              by: 'root',
              because: 'The first one.',
              runId,
            })),
        ].slice(0, limit),
    },
    runs: {
      begin: unused,
      update: unused,
      note: unused,
      saveProgress: unused,
      course: async (id) => rows.courses.get(id) ?? [],
      progress: unused,
      end: unused,
      trainingBegan: unused,
      trainingTime: async (model) => rows.trained.get(model) ?? { seconds: 0, latestSeconds: null },
      saveEvaluation: unused,
      looks: unused,
      tested: unused,
      decide: unused,
      force: unused,
      approval: async () => approval,
      evaluations: async (id) => rows.evaluations.get(id) ?? [],
      saveRolloutLook: unused,
      rolloutLooks: async (id) => rows.looks.get(id) ?? [],
      lookedAt: unused,
      get: async (id) => knownRun(id),
      list: async ({ model, limit = 100 }) =>
        newestFirst(ofModel(rows.runs, model), (r) => r.startedAt).slice(0, limit),
      story: async (id) => rows.stories.get(id) ?? [],
    },
    examples: {
      policyStanding: unused,
      policyView: unused,
      range: unused,
      recentInputs: unused,
      recordedAnswers: unused,
      history: unused,
      predictedAt: unused,
      refusals: unused,
      answered: unused,
      record: unused,
      planRefit: unused,
      inputsOf: async () => rows.inputs,
      labelled: async (model) => rows.labelled.get(model) ?? 0,
      labelDelay: async (model) => rows.delays.get(model) ?? null,
    },
    totals: {
      happenedSteps: async () => rows.happened,
      standings: async (model) => {
        const budget = rows.alarmBudgets.get(model ?? '');
        const streams =
          budget === undefined ? {} : { drift: { drifts: 0, level: 'steady' as const, budget } };
        return [{ model: model ?? '', champion: 'v1', regret: 0, labelled: 0, streams }];
      },
    },
    alerts: {
      async record(given) {
        rows.alerts.push(
          ...given.map((alert) => ({ ...alert, receivedAt: new Date(clock()).toISOString() })),
        );
        return [...given];
      },
      list: async ({ model, limit = 100 }) =>
        newestFirst(ofModel(rows.alerts, model), (a) => a.startsAt).slice(0, limit),
    },
    artifacts: { open: unused, files: unused },
    snapshots: {
      async get(id) {
        const found = rows.snapshots.get(id);
        if (found === undefined) throw new Error(`there is no snapshot ${id}`);
        return found;
      },
    },
    wayBack: {
      drill: async ({ name }, model, version) => tell('drill', model, { by: name, reason: version }),
      go: async ({ name }, model, version, reason) =>
        tell('roll back', `${model} ${version}`, { by: name, reason }),
    },
    metrics: metrics.reader,
    loop,
    doorkeeper: people.doorkeeper,
    sessions: people.sessions,
    audit: people.audit,
    tokens: people.tokenStore,
    teach,
    ...(teamLogin === undefined ? {} : { teamLogin }),
    async examine() {
      await examined.wait;
      return { ...examined };
    },
    token: 'the-token',
    namespace,
    refreshMs,
    links: {
      temporal: 'http://127.0.0.1:8233',
      temporalNamespace: 'loops of ours',
      prometheus: 'http://127.0.0.1:9090',
    },
    log: { error: (_, message) => logged.push(message) },
    clock,
  });
  return { app, examined, people, teach, rows, metrics, said, problems, logged, time, approval };
}

const part = (title: string, version: string): Examination['parts'][number] => ({
  title,
  where: 'environment',
  version,
  at: `${title.toLowerCase()}:1234`,
  healthy: true,
  problem: null,
  optional: false,
  fix: null,
});

export type ConsoleWorld = ReturnType<typeof consoleWorld>;

/** A model that is declared and nothing more. */
export const declare = (world: ConsoleWorld, model: object): ModelConfig => {
  const config = parseConfig({ models: [model] }).models[0]!;
  world.rows.models.push({ config, paused: false });
  return config;
};
