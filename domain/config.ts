import { DriftloopError } from './errors.ts';
import type { Feature, InputRow } from './input.ts';
import { configSchema } from './model-config.ts';
import type { DriftloopConfig, modelSchema } from './model-config.ts';
import type { Task } from './task.ts';
import type { z } from 'zod';

/** What a user writes: every field but `name`, `task` and `input` has a default. */
type ModelInput = z.input<typeof modelSchema>;
type Features = Record<string, Feature>;

/** The same, with what it names tied to what it declares, so that an editor completes it. */
export type DefineModel<T extends Task, I extends Features> = Omit<ModelInput, 'task' | 'input' | 'gate'> & {
  task: T;
  input: I;
  gate?: Omit<NonNullable<ModelInput['gate']>, 'slices'> & { slices?: (keyof I & string)[] };
};

/** Declares one model. Returns its argument; it exists for autocompletion. */
export const defineModel = <const T extends Task, const I extends Features>(
  model: DefineModel<T, I>,
): DefineModel<T, I> => model;

/** Declares a whole installation: `export default defineDriftloop({ models: [...] })`. */
export const defineDriftloop = <
  const C extends Omit<z.input<typeof configSchema>, 'models'> & { models: readonly object[] },
>(
  config: C,
): C => config;

/** The values that a feature accepts. */
type ValueOf<F extends Feature> = F extends { kind: 'category'; values: (infer V)[] }
  ? V | null
  : number | null;
/** The instances that a declared model accepts, for typed clients. */
export type InstanceOf<M extends { input: Features }> = InputRow & {
  [K in keyof M['input']]?: ValueOf<M['input'][K]>;
};
/** The labels that a declared model answers. */
export type LabelOf<M extends { task: Task }> = M['task']['labels'][number];

export const fromScratch = () => ({ kind: 'scratch' }) as const;
export const fromChampion = () => ({ kind: 'champion' }) as const;

type Options<K extends string, T> = Omit<T, K>;
type WatchInput = NonNullable<ModelInput['watch']>[number];

/** Full fine-tuning: every weight learns. */
export const full = (options: Options<'method', NonNullable<ModelInput['fineTune']>> = {}) => ({
  method: 'full' as const,
  ...options,
});
/** A quality objective: an alert when the metric of the champion falls below its bound. */
export const quality = (options: Options<'kind', Extract<WatchInput, { kind: 'quality' }>>) => ({
  kind: 'quality' as const,
  ...options,
});
/** Input drift: an alert when the distribution of a feature has moved away from the training rows. */
export const drift = (options: Options<'kind', Extract<WatchInput, { kind: 'drift' }>> = {}) => ({
  kind: 'drift' as const,
  ...options,
});

/** One thing that is wrong in a config, with its path. */
export type ConfigProblem = { path: string; problem: string };

export class ConfigInvalid extends DriftloopError {
  readonly problems: readonly ConfigProblem[];
  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map((p) => `  ${p.path || '(the config)'}: ${p.problem}`).join('\n');
    super(
      'DL_CONFIG_INVALID',
      `The config has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${lines}`,
      {
        fix: 'Correct the listed fields; docs/reference/config.md describes each of them.',
      },
    );
    this.problems = problems;
  }
}

/** Parses a config to plain JSON with every default filled in; throws `ConfigInvalid` with every problem at once. */
export function parseConfig(value: unknown): DriftloopConfig {
  const parsed = configSchema.safeParse(value);
  if (!parsed.success) {
    throw new ConfigInvalid(
      parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), problem: issue.message })),
    );
  }
  const problems = crossChecks(parsed.data);
  if (problems.length > 0) throw new ConfigInvalid(problems);
  return parsed.data;
}

function crossChecks(config: DriftloopConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const seen = new Set<string>();
  config.models.forEach((model, i) => {
    const at = (field: string) => `models.${i}.${field}`;
    if (seen.has(model.name))
      problems.push({
        path: at('name'),
        problem: `"${model.name}" is declared twice; give each model its own name`,
      });
    seen.add(model.name);
    if (Object.keys(model.input).length === 0)
      problems.push({
        path: at('input'),
        problem: 'declare at least one feature, such as { age: number() }',
      });
    for (const [code, label] of Object.entries(model.task.codes ?? {})) {
      if (!model.task.labels.includes(label))
        problems.push({
          path: at(`task.codes.${code}`),
          problem: `"${label}" is not one of the labels ${model.task.labels.join(', ')}`,
        });
    }
    if (new Set(model.task.labels).size !== model.task.labels.length)
      problems.push({ path: at('task.labels'), problem: 'a label stands there twice' });
    for (const slice of model.gate.slices) {
      if (!(slice in model.input))
        problems.push({
          path: at('gate.slices'),
          problem: `"${slice}" is not a feature; declare it in input or remove it`,
        });
    }
    if (model.fineTune.minSteps > model.fineTune.maxSteps)
      problems.push({
        path: at('fineTune.minSteps'),
        problem: `${model.fineTune.minSteps} is more than maxSteps (${model.fineTune.maxSteps})`,
      });
    for (let k = 1; k < model.rollout.canary.length; k += 1) {
      if (model.rollout.canary[k]! <= model.rollout.canary[k - 1]!)
        problems.push({
          path: at(`rollout.canary.${k}`),
          problem: 'each step must carry more traffic than the one before',
        });
    }
  });
  return problems;
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
