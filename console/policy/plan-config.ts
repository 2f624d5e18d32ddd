import { differences } from '../../domain/differences.ts';
import { DriftloopError } from '../../domain/errors.ts';
import type { DriftloopConfig, ModelConfig } from '../../domain/model-config.ts';
import type { DeclaredModel, ModelStore, RunStore, VersionStore } from '../../domain/ports.ts';
import { isWaiting } from '../../domain/run.ts';
import type { Run } from '../../domain/run.ts';
import { generateRules } from '../../monitors/rules/generate-rules.ts';
import type { AlertRule, RuleFile } from '../../monitors/rules/rule.ts';
import { listed } from '../wording.ts';

/** What a config would do if it were applied: plain JSON, for `driftloop plan` and for whoever applies. */
export type ConfigPlan = Readonly<{
  models: readonly ModelPlan[];
  /** Names of alert rules with their model. */
  alerts: Readonly<{ added: readonly string[]; removed: readonly string[]; changed: readonly string[] }>;
  /** Why it would be refused: each a run that would be orphaned. */
  orphans: readonly string[];
}>;

export type ModelPlan = Readonly<{
  model: string;
  kind: 'added' | 'removed' | 'changed' | 'same';
  changes: readonly Change[];
  /** What comes of it, in sentences. */
  effects: readonly string[];
}>;

export type Change = Readonly<{ path: string; before: unknown; after: unknown }>;

export type PlanPorts = {
  models: Pick<ModelStore, 'list'>;
  versions: Pick<VersionStore, 'champion'>;
  runs: Pick<RunStore, 'list'>;
};

/** Holds a config against the one that is applied, and against what goes on. It only reads. */
export async function planConfig(ports: PlanPorts, next: DriftloopConfig): Promise<ConfigPlan> {
  const present = await ports.models.list();
  const before = new Map(present.map((declared) => [declared.config.name, declared]));
  const after = new Map(next.models.map((config) => [config.name, config]));
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  const plans = await Promise.all(
    names.map((name) => planModel(ports, name, before.get(name), after.get(name))),
  );
  return {
    models: plans.map(({ plan }) => plan),
    alerts: alertDifferences(
      present.map(({ config }) => config),
      next.models,
      next.namespace,
    ),
    orphans: plans.flatMap(({ orphans }) => orphans),
  };
}

/** Whether anything would be different. */
export const isChange = ({ models }: ConfigPlan): boolean => models.some(({ kind }) => kind !== 'same');

/** @throws DL_CONFIG_ORPHANS_RUN where a run that goes on could not go on by it */
export function refuseOrphans({ orphans }: ConfigPlan): void {
  if (orphans.length === 0) return;
  throw new DriftloopError('DL_CONFIG_ORPHANS_RUN', orphans.join(' '), {
    fix: 'Wait for its end (driftloop status), or end it first: driftloop rollout abort MODEL, driftloop run reject RUN. Then apply again.',
  });
}

async function planModel(
  { versions, runs }: PlanPorts,
  model: string,
  before: DeclaredModel | undefined,
  after: ModelConfig | undefined,
): Promise<{ plan: ModelPlan; orphans: string[] }> {
  if (before === undefined)
    return {
      plan: {
        model,
        kind: 'added',
        changes: [],
        effects: ['A supervisor begins to watch it; it answers nothing before its first champion.'],
      },
      orphans: [],
    };
  const [open, champion] = await Promise.all([runs.list({ model, open: true }), versions.champion(model)]);
  if (after === undefined)
    return {
      plan: {
        model,
        kind: 'removed',
        changes: [],
        effects: [
          'Its alerts and its schedule end, and no run of it begins any more.',
          'Its versions, rows and runs stay stored; declared again, it goes on with them.',
        ],
      },
      orphans: open.map((run) => `${sayRun(run)} is under way, and the config has no ${model} any more.`),
    };
  const changes = differences(before.config, after).map(({ path, stored, recomputed }) => ({
    path,
    before: stored,
    after: recomputed,
  }));
  const ground = changes.map(({ path }) => path).filter(isGround);
  return {
    plan: {
      model,
      kind: changes.length === 0 ? 'same' : 'changed',
      changes,
      // What would be orphaned does not go on.
      effects:
        changes.length === 0
          ? []
          : effectsOf(after, changes, ground.length === 0 ? open : [], champion?.version ?? null),
    },
    orphans:
      ground.length === 0
        ? []
        : open.map(
            (run) =>
              `${sayRun(run)} is under way, and the config changes ${listed(groundWords(ground))} of ${model}.`,
          ),
  };
}

/** What a run cannot do without: what is answered, from what, and who answers. */
const grounds = {
  task: 'the task',
  input: 'the input',
  entity: 'the entity',
  serving: 'who serves',
} as const;
const groundOf = (path: string) => path.split('.')[0] as keyof typeof grounds;
const isGround = (path: string): boolean => Object.hasOwn(grounds, groundOf(path));
const groundWords = (paths: readonly string[]): string[] => [
  ...new Set(paths.map((path) => grounds[groundOf(path)])),
];

const sayRun = ({ id, phase, version }: Run): string =>
  phase === 'rollout' ? `The rollout of ${version} (run ${id})` : `Run ${id}`;

/** What changed sections come to, in the order in which a reader meets them. */
function effectsOf(
  after: ModelConfig,
  changes: readonly Change[],
  open: readonly Run[],
  champion: string | null,
): string[] {
  const has = (prefix: string) =>
    changes.some(({ path }) => path === prefix || path.startsWith(`${prefix}.`));
  const said: (string | false)[] = [
    (has('task') || has('input')) &&
      champion !== null &&
      `${champion} goes on as it was trained; what is trained from now on answers the new task and input, and rows that do not fit it are refused.`,
    has('watch') &&
      'Alert rules are written anew; Prometheus takes them within a minute of the monitor reading the config.',
    has('retrain.schedule') &&
      (after.retrain.schedule === undefined
        ? 'No run begins by the clock any more.'
        : `Runs begin by the clock at "${after.retrain.schedule}" (UTC).`),
    has('retrain.mode') && modeEffects[after.retrain.mode],
    (has('fineTune') || has('base') || has('trainer')) &&
      'The next run trains by it; versions that are there stay as they are.',
    has('gate') && 'The next run is judged by it.',
    (has('gate') || has('approval')) &&
      open.some(isWaiting) &&
      'An approval that somebody has read becomes void: it was made on other rules, and is asked anew.',
    has('approval') &&
      (after.approval.required
        ? 'A person has to let a challenger into production.'
        : 'No person is asked before a rollout.'),
    has('rollout') && 'The next rollout goes by it.',
    ...open.map((run) => `${sayRun(run)} goes on by the config that it began with.`),
  ];
  return said.filter((text): text is string => text !== false);
}

const modeEffects = {
  auto: 'Runs begin and promote by themselves.',
  suggest: 'Nothing is trained or promoted without a person.',
  off: 'A run begins only when somebody asks for it.',
} as const;

/** The interval is only a part of how rules are written: any serves to compare them. */
const EVALUATION_MS = 15_000;

function alertDifferences(
  before: readonly ModelConfig[],
  after: readonly ModelConfig[],
  namespace: string,
): ConfigPlan['alerts'] {
  const [was, will] = [before, after].map((models) =>
    alertsIn(generateRules(models, { namespace, evaluationMs: EVALUATION_MS })),
  ) as [Map<string, string>, Map<string, string>];
  return {
    added: [...will.keys()].filter((name) => !was.has(name)),
    removed: [...was.keys()].filter((name) => !will.has(name)),
    changed: [...will]
      .filter(([name, rule]) => was.has(name) && was.get(name) !== rule)
      .map(([name]) => name),
  };
}

/** Each alert by its name, its model and what tells it from others of its name. */
function alertsIn({ groups }: RuleFile): Map<string, string> {
  const found = new Map<string, string>();
  const alerts = groups.flatMap(({ name, rules }) =>
    rules.filter((rule): rule is AlertRule => 'alert' in rule).map((rule) => ({ group: name, rule })),
  );
  for (const { group, rule } of alerts) {
    const { model = group, level = '', kind = '', ...more } = rule.labels;
    const about = [kind, level, ...Object.values(more)].filter((text) => text !== '' && !text.includes('{{'));
    const stem = `${model}: ${rule.alert}${about.length === 0 ? '' : ` (${[...new Set(about)].join(', ')})`}`;
    let name = stem;
    for (let n = 2; found.has(name); n += 1) name = `${stem} ${n}`;
    found.set(name, JSON.stringify(rule));
  }
  return found;
}
