import { DriftloopError } from './errors.ts';
import type { Feature } from './input.ts';
import { crossChecks, explainIssue } from './config-problems.ts';
import { checkServed } from './served-problems.ts';
import { checkImages } from './image-problems.ts';
import { checkWebhooks } from './webhook-config.ts';
import type { ConfigProblem } from './config-problems.ts';
import { configSchema, modelSchema } from './model-config.ts';
import type { DriftloopConfig, ModelConfig } from './model-config.ts';
import type { Classification, DeclaredTask, MultiLabel } from './task.ts';
import type { z } from 'zod';

/** What a user writes: every field but `name`, `task` and `input` has a default. */
type ModelInput = z.input<typeof modelSchema>;
type Features = Record<string, Feature>;

/** The same, with what it names tied to what it declares, so that an editor completes it. */
export type DefineModel<T extends DeclaredTask, I extends Features, N extends string = string> = Omit<
  ModelInput,
  'name' | 'task' | 'input' | 'gate'
> & {
  name: N;
  task: T;
  input: I;
  gate?: Omit<NonNullable<ModelInput['gate']>, 'slices' | 'fairness'> & {
    slices?: (keyof I & string)[];
    fairness?: { feature: keyof I & string; gapAtMost: number }[];
  };
};

/** Declares one model. Returns its argument; it exists for autocompletion. */
export const defineModel = <
  const T extends DeclaredTask,
  const I extends Features,
  const N extends string = string,
>(
  model: DefineModel<T, I, N>,
): DefineModel<T, I, N> => model;

/** Declares a whole installation: `export default defineDriftloop({ models: [...] })`. */
export const defineDriftloop = <
  const C extends Omit<z.input<typeof configSchema>, 'models'> & { models: readonly object[] },
>(
  config: C,
): C => config;

/** The values that a feature accepts. */
type ValueOf<F extends Feature> = F extends { kind: 'category'; values: (infer V)[] }
  ? V | null
  : F extends { kind: 'text' }
    ? string | null
    : F extends { kind: 'image' }
      ? string | { b64: string } | readonly (readonly (number | readonly number[])[])[]
      : number | null;
/** The instances that a declared model accepts, for typed clients. */
export type InstanceOf<M extends { input: Features }> = {
  [K in keyof M['input']]?: ValueOf<M['input'][K]>;
};
/** The labels that a declared model answers. */
export type LabelOf<M extends { task: Classification | MultiLabel }> = M['task']['labels'][number];

export const fromScratch = () => ({ kind: 'scratch' }) as const;
export const fromChampion = () => ({ kind: 'champion' }) as const;

type Options<K extends string, T> = Omit<T, K>;
type WatchInput = NonNullable<ModelInput['watch']>[number];

type TrainerInput = NonNullable<ModelInput['trainer']>;

/** Another trainer: any program that keeps the contract of docs/trainers.md trains, and answers with what it trained. */
export const command = (
  program: readonly string[],
  options: Options<'kind' | 'command', Extract<TrainerInput, { kind: 'command' }>> = {},
) => ({ kind: 'command' as const, command: [...program], ...options });
type ServingInput = NonNullable<ModelInput['serving']>;

/** Watch only: a team's own server answers production, and is handed each promoted version by webhook. */
export const outside = (options: Options<'kind', Extract<ServingInput, { kind: 'outside' }>>) => ({
  kind: 'outside' as const,
  ...options,
});
/** A bound: an alert when the metric of the champion falls below it. */
export const quality = (options: Options<'kind', Extract<WatchInput, { kind: 'quality' }>>) => ({
  kind: 'quality' as const,
  ...options,
});
/** The same for numbers: an alert when the champion is further off than that. */
export const offBy = (options: Options<'kind', Extract<WatchInput, { kind: 'off-by' }>>) => ({
  kind: 'off-by' as const,
  ...options,
});
/**
 * A quality objective as in site reliability engineering: what may be wrong over a stretch is a budget, and alerts tell
 * how fast it burns, long before it is used up.
 */
export const objective = (options: Options<'kind', Extract<WatchInput, { kind: 'objective' }>>) => ({
  kind: 'objective' as const,
  ...options,
});
/**
 * Accuracy as happened: of the predictions of a stretch of time, whenever their labels came. Labels come late, so it says
 * how many of them it needs (`coverage`), and how long it waits for them (`lag`).
 */
export const asHappened = (options: Options<'kind', Extract<WatchInput, { kind: 'as-happened' }>>) => ({
  kind: 'as-happened' as const,
  ...options,
});
/**
 * Performance without labels: a suspicion when the metric is expected to be below the bound, from calibrated scores. It
 * is blind to a change of what inputs mean, so it never begins a run.
 */
export const estimated = (options: Options<'kind', Extract<WatchInput, { kind: 'estimated' }>>) => ({
  kind: 'estimated' as const,
  ...options,
});
/** A bound in each value of a declared slice: a champion can be good on the whole and bad for some. */
export const slice = (options: Options<'kind', Extract<WatchInput, { kind: 'slice' }>>) => ({
  kind: 'slice' as const,
  ...options,
});
/** Sound data: an alert, which never begins a run, when a feature is broken in more of the rows than it may be. */
export const data = (options: Options<'kind', Extract<WatchInput, { kind: 'data' }>> = {}) => ({
  kind: 'data' as const,
  ...options,
});
type DriftInput = Options<'kind', Extract<WatchInput, { kind: 'drift' }>>;
/**
 * Drift, with a budget or a bound. With `falseAlarmsPerMonth` the errors and answers of the champion are watched, and
 * the bound calibrates itself so that no more alarms than that come while nothing changes. Without, it is an alert when
 * the distribution of a feature has moved further than `psiAtLeast` away from the training rows.
 */
export const drift = (
  options:
    | Pick<DriftInput, 'falseAlarmsPerMonth' | 'month' | 'window'>
    | Omit<DriftInput, 'falseAlarmsPerMonth' | 'month'> = {},
) => ({
  kind: 'drift' as const,
  ...options,
});

/** A detector of streams over the errors of the champion, such as ADWIN: an alert when it finds a drift. */
export const detector = (options: Options<'kind', Extract<WatchInput, { kind: 'detector' }>>) => ({
  kind: 'detector' as const,
  ...options,
});

export class ConfigInvalid extends DriftloopError {
  readonly problems: readonly ConfigProblem[];
  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(
      ({ path, problem, fix }) => `  ${path || '(the config)'} ${problem}.\n      ${fix}`,
    );
    super(
      'DL_CONFIG_INVALID',
      `The config has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${lines.join('\n')}`,
      { fix: 'Correct the listed fields; docs/reference/config.md describes each of them.' },
    );
    this.problems = problems;
  }
}

/** Parses a config to plain JSON with every default filled in; throws `ConfigInvalid` with every problem at once. */
export function parseDeclarations(value: unknown): DriftloopConfig {
  const { data, problems } = parse(value);
  if (data === undefined || problems.length > 0) throw new ConfigInvalid(problems);
  return data;
}

/** The same for the loop, which asks more than a training from files: what it cannot serve or count is one more problem. */
export function parseConfig(value: unknown): DriftloopConfig {
  const { data, problems, models } = parse(value);
  const all = [...problems, ...models.flatMap((placed) => [...checkServed(placed), ...checkImages(placed)])];
  if (data === undefined || all.length > 0) throw new ConfigInvalid(all);
  return data;
}

function parse(value: unknown) {
  const parsed = configSchema.safeParse(value);
  const models = wellFormed(parsed.success ? parsed.data : value);
  const problems = [
    ...(parsed.error?.issues ?? []).map((issue) => explainIssue(issue, value, configSchema)),
    ...crossChecks(models),
    ...(parsed.success ? checkWebhooks(parsed.data.webhooks ?? [], parsed.data.models) : []),
  ];
  return { data: parsed.data, problems, models };
}

/** The models that can be read, whatever is wrong with the others. */
function wellFormed(config: unknown): [number, ModelConfig][] {
  const models = (config as { models?: unknown } | null)?.models;
  if (!Array.isArray(models)) return [];
  return models.flatMap((model: unknown, index) => {
    const parsed = modelSchema.safeParse(model);
    return parsed.success ? [[index, parsed.data] as [number, ModelConfig]] : [];
  });
}

/** Text that is the same for the same config, whatever the order of its keys; its sha256 is the digest. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, v]) => v !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
