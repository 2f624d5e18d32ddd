import { z } from 'zod';
import { roleOf } from './approval.ts';
import { checkFineTune } from './fine-tune-problems.ts';
import { gateMetricsOf } from './gate-config.ts';
import { readsText } from './input.ts';
import { countPeople, isSamePerson } from './person.ts';
import type { ModelConfig } from './model-config.ts';
import { LABEL_SEPARATOR } from './task.ts';
import type { Classification, MultiLabel } from './task.ts';

/** One thing that is wrong in a config: where, what, and what to do. */
export type ConfigProblem = { path: string; problem: string; fix: string };

type Issue = z.core.$ZodIssue;
type JsonSchema = {
  const?: unknown;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
};

/** What the schema has to say, in the words of the person who wrote the config. */
export function explainIssue(issue: Issue, given: unknown, schema: z.ZodType): ConfigProblem {
  const path = issue.path.join('.');
  const value = sayValue(at(given, issue.path));
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = fieldsAt(schema, issue.path, given);
      const ofNumbers = meantOffBy(issue.path, given);
      if (ofNumbers !== null && issue.keys.length === 1 && issue.keys[0] === 'atMost')
        return { path, problem: 'has no field "atMost"', fix: ofNumbers };
      return {
        path,
        problem: `has no field ${issue.keys.map((key) => `"${key}"`).join(', ')}`,
        fix: known.length === 0 ? 'Remove it.' : `Remove it, or write one of ${known.join(', ')}.`,
      };
    }
    case 'invalid_type':
      return value === 'missing'
        ? { path, problem: 'is missing', fix: `Add it: ${article(issue.expected)}.` }
        : { path, problem: `is ${value}`, fix: `Give ${article(issue.expected)}.` };
    case 'invalid_value': {
      const ofNumbers = issue.path.at(-1) === 'metric' ? meantOffBy(issue.path.slice(0, -1), given) : null;
      if (ofNumbers !== null) return { path, problem: `is ${value}`, fix: ofNumbers };
      return { path, problem: `is ${value}`, fix: `Choose one of ${issue.values.map(String).join(', ')}.` };
    }
    case 'invalid_union':
      return explainUnion(issue, given, schema);
    case 'too_small':
    case 'too_big': {
      const bound =
        issue.code === 'too_small'
          ? `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`
          : `${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
      const what = issue.origin === 'array' ? `Give ${bound} of them.` : `Give ${bound}.`;
      return {
        path,
        problem: issue.origin === 'array' ? 'has the wrong number of entries' : `is ${value}`,
        fix: what,
      };
    }
    default:
      return { path, problem: `is ${value}: it ${issue.message}`, fix: 'Write it so.' };
  }
}

/** None of several shapes fits: the one that was meant, where that can be seen; else what each of them wants. */
function explainUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  given: unknown,
  schema: z.ZodType,
): ConfigProblem {
  const { path, errors } = issue;
  const place = { path: path.join('.'), problem: `is ${sayValue(at(given, path))}` };
  if ('options' in issue && Array.isArray(issue.options))
    return { ...place, fix: `Choose one of ${issue.options.map(String).join(', ')}.` };
  const explained = errors.flatMap(([first]) =>
    first === undefined ? [] : [explainIssue({ ...first, path: [...path, ...first.path] }, given, schema)],
  );
  const meant = explained.find((inner) => inner.path !== place.path);
  return meant ?? { ...place, fix: explained.map(({ fix }) => fix).join(' Or: ') };
}

const article = (expected: string): string =>
  expected === 'record' || expected === 'object'
    ? 'an object'
    : /^[aeiou]/.test(expected)
      ? `an ${expected}`
      : `a ${expected}`;

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      inner !== null && typeof inner === 'object' ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );

function sayValue(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** What to write where a watch of labels has a metric of numbers; null where it has none. */
function meantOffBy(path: readonly PropertyKey[], given: unknown): string | null {
  const watch = path.at(-2) === 'watch' ? at(given, path) : null;
  const { kind, metric } = (watch ?? {}) as { kind?: unknown; metric?: unknown };
  return kind !== 'off-by' && (metric === 'mae' || metric === 'rmse')
    ? `Watch numbers with offBy({ metric: '${metric}', atMost: … }).`
    : null;
}

/** The names of the fields that an object at this place may have: of the kind that is given, where there are several. */
function fieldsAt(schema: z.ZodType, path: readonly PropertyKey[], given: unknown): string[] {
  let here = [z.toJSONSchema(schema, { io: 'input' }) as JsonSchema];
  const branches = (s: JsonSchema): JsonSchema[] => [s, ...(s.anyOf ?? []), ...(s.oneOf ?? [])];
  for (const key of path) {
    here = here.flatMap(branches).flatMap((s) => {
      if (typeof key === 'number') return s.items ?? [];
      return (
        s.properties?.[String(key)] ??
        (typeof s.additionalProperties === 'object' ? s.additionalProperties : [])
      );
    });
  }
  const { kind } = (at(given, path) ?? {}) as { kind?: unknown };
  const all = here.flatMap(branches);
  const ofKind = all.filter(({ properties }) => kind !== undefined && properties?.['kind']?.const === kind);
  const those = ofKind.length === 0 ? all : ofKind;
  return [...new Set(those.flatMap((s) => Object.keys(s.properties ?? {})))];
}

/** What no field can say alone, of the models that are well formed, with their places in the config. */
export function crossChecks(
  models: readonly (readonly [index: number, model: ModelConfig])[],
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const seen = new Set<string>();
  for (const [index, model] of models) {
    const note: Note = (field, problem, fix) =>
      void problems.push({ path: `models.${index}.${field}`, problem, fix });
    if (seen.has(model.name))
      note('name', `"${model.name}" is declared twice`, 'Give each model its own name.');
    seen.add(model.name);
    if (Object.keys(model.input).length === 0)
      note('input', 'declares no feature', 'Declare at least one, such as { age: number() }.');
    if ('labels' in model.task) checkLabels(model.task, note);
    if (model.task.kind === 'multi-label') checkMultiLabel(model, model.task, note);
    checkGate(model, note);
    checkApproval(model, note);
    const methods = model.watch.flatMap((watch) => (watch.kind === 'detector' ? [watch.method] : []));
    const twice = firstTwice(methods);
    if (twice !== undefined)
      note('watch', `has the detector "${twice}" twice`, 'Keep one of them: its findings go by its name.');
    for (const [k, watch] of model.watch.entries()) {
      if (watch.kind === 'off-by') {
        if (model.task.kind !== 'regression')
          note(
            `watch.${k}`,
            `bounds how far off numbers are, and the task is "${model.task.kind}"`,
            'Watch quality({ metric: "accuracy", atLeast: 0.9 }).',
          );
      } else if ('metric' in watch && watch.metric !== 'accuracy' && model.task.kind !== 'classification')
        note(
          `watch.${k}.metric`,
          `is "${watch.metric}", which is known of a classification only, and the task is "${model.task.kind}"`,
          "Write 'accuracy': the share of right answers, whatever the task.",
        );
      if (watch.kind === 'estimated' && model.task.kind !== 'classification')
        note(
          `watch.${k}`,
          `estimates performance without labels, which is known for a classification only, and the task is "${model.task.kind}"`,
          'Watch quality({ … }), which waits for the labels, or remove it.',
        );
      if (watch.kind === 'slice' && !model.gate.slices.includes(watch.of))
        note(
          `watch.${k}.of`,
          `"${watch.of}" is no declared slice`,
          `Declare it: gate: { slices: ['${watch.of}'] }, or remove it.`,
        );
    }
    checkFineTune(model, note);
    model.rollout.canary.forEach((share, k) => {
      const before = model.rollout.canary[k - 1];
      if (before !== undefined && share <= before)
        note(
          `rollout.canary.${k}`,
          `${share} is no more than the step before (${before})`,
          'Let each step carry more traffic than the one before.',
        );
    });
  }
  return problems;
}

/** Notes a problem of one field of the model. */
export type Note = (field: string, problem: string, fix: string) => void;

function checkLabels({ labels, codes = {} }: Classification | MultiLabel, note: Note): void {
  for (const [code, label] of Object.entries(codes)) {
    if (!labels.includes(label))
      note(`task.codes.${code}`, `"${label}" is not a label`, `Choose one of ${labels.join(', ')}.`);
  }
  const twice = firstTwice(labels);
  if (twice !== undefined) note('task.labels', `"${twice}" stands there twice`, 'Remove one of them.');
}

const firstTwice = (names: readonly string[]): string | undefined =>
  names.find((name, i) => names.indexOf(name) !== i);

/** People are counted, as whoever decides is; how many have a role is not known here. */
function checkApproval({ approval: { approvers, quorum } }: ModelConfig, note: Note): void {
  const people = countPeople(approvers);
  if (approvers.some((who) => roleOf(who) !== null) || people >= quorum) return;
  const again = approvers.flatMap((name, i) => {
    const first = approvers.slice(0, i).find((other) => isSamePerson(name, other));
    return first === undefined ? [] : [`"${name}" is the same person as "${first}"`];
  });
  note(
    'approval.quorum',
    `asks for ${quorum} approvals, and ${people} ${people === 1 ? 'person' : 'people'} may give one${again.length === 0 ? '' : `: ${again.join(', ')}`}`,
    'Name more approvers, or ask for fewer approvals.',
  );
}

/** What a gate asks has to be possible: features that are there, bounds that leave room. */
function checkGate({ gate, input, task, trainer }: ModelConfig, note: Note): void {
  if (gate.artifact.memoryMbAtMost !== undefined && trainer.kind === 'command')
    note(
      'gate.artifact.memoryMbAtMost',
      'bounds the memory of a program of your own, which nobody measures here',
      'Remove it, and bound the program where it runs.',
    );
  for (const slice of gate.slices) {
    if (!(slice in input))
      note('gate.slices', `"${slice}" is not a feature`, 'Declare it in input, or remove it.');
  }
  gate.fairness.forEach(({ feature }, i) => {
    if (!(feature in input))
      note(
        `gate.fairness.${i}.feature`,
        `"${feature}" is not a feature`,
        'Declare it in input, or remove it.',
      );
  });
  const contradicting = gate.trustedSources?.find((source) => gate.withoutSources?.includes(source));
  if (contradicting !== undefined)
    note(
      'gate.trustedSources',
      `"${contradicting}" is trusted, and its labels test nobody`,
      'Name it in one of trustedSources and withoutSources.',
    );
  const leasts = [
    ...gate.thresholds.map(({ metric, lowerBound }) => ({ metric, lowerBound })),
    { metric: 'accuracy', lowerBound: gate.accuracyAtLeast },
  ];
  gate.thresholds.forEach(({ metric, upperBound }, i) => {
    const above = leasts.find(
      (other, k) =>
        k !== i && other.metric === metric && (other.lowerBound ?? -Infinity) > (upperBound ?? Infinity),
    );
    if (above !== undefined)
      note(
        `gate.thresholds.${i}`,
        `asks for a ${metric} of at most ${upperBound}, and another bound for one of at least ${above.lowerBound}`,
        'Exchange the two, or leave one out.',
      );
  });
  gate.thresholds.forEach(({ metric, lowerBound, upperBound, change }, i) => {
    const path = `gate.thresholds.${i}`;
    const known = gateMetricsOf[task.kind];
    if (!known.includes(metric))
      note(
        `${path}.metric`,
        `is "${metric}", which is not known of the task "${task.kind}"`,
        `Choose one of ${known.join(', ')}.`,
      );
    const asks = [lowerBound, upperBound, change?.absolute, change?.relative];
    if (asks.every((bound) => bound === undefined))
      note(path, `asks nothing of ${metric}`, 'Give lowerBound, upperBound, or a change.');
    if (lowerBound !== undefined && upperBound !== undefined && lowerBound > upperBound)
      note(
        path,
        `no ${metric} is at least ${lowerBound} and at most ${upperBound}`,
        'Exchange the two, or leave one out.',
      );
    const isShare = !['logLoss', 'brier', 'mae', 'rmse'].includes(metric);
    if (isShare && lowerBound !== undefined && lowerBound > 1)
      note(
        path,
        `${metric} is never above 1, and has to be at least ${lowerBound}`,
        'Give a share from 0 to 1.',
      );
    if (upperBound !== undefined && upperBound < 0 && metric !== 'r2')
      note(path, `${metric} is never below 0, and has to be at most ${upperBound}`, 'Give a bound above 0.');
  });
}

/** Many labels are learnt of one text, and by Driftloop itself. */
function checkMultiLabel({ input, trainer }: ModelConfig, { labels }: MultiLabel, note: Note): void {
  if (!readsText(input))
    note(
      'task.kind',
      'is "multi-label", and the model reads more than one text: only of a text alone any number of labels is learnt',
      'Declare one text() as its input, or a classification.',
    );
  if (trainer.kind === 'command')
    note(
      'trainer',
      'is a program, which is given one label a row, and the task is "multi-label"',
      'Remove it: Driftloop trains this by itself.',
    );
  const divided = labels.find((label) => label.includes(LABEL_SEPARATOR));
  if (divided !== undefined)
    note(
      'task.labels',
      `"${divided}" has a "${LABEL_SEPARATOR}", which stands between labels in a file`,
      'Call it otherwise, and map what stands in the data with task.codes.',
    );
}
