import { DriftloopError } from './errors.ts';
import { DEEPEST, isNestedTooDeep } from './nesting.ts';
import type { Feature, FeatureValue, InputRow } from './input.ts';

/** One thing that is wrong in a request, with where and what to do. */
export type InputProblem = { instance: number; field: string; problem: string; fix: string };

export class InputInvalid extends DriftloopError {
  readonly problems: readonly InputProblem[];
  constructor(model: string, problems: readonly InputProblem[]) {
    const [first] = problems;
    const lines = problems.slice(0, 10).map((p) => `instances[${p.instance}].${p.field}: ${p.problem}`);
    const more = problems.length > lines.length ? [`and ${problems.length - lines.length} more`] : [];
    super('DL_INPUT_INVALID', `${model} cannot answer this: ${[...lines, ...more].join('; ')}`, {
      fix: first?.fix ?? 'Send instances as the config declares them.',
    });
    this.problems = problems;
  }
}

type Features = Readonly<Record<string, Feature>>;

/**
 * One instance as its model declares it: every declared feature is present (missing ones as null), numbers are
 * finite, categories are words. A word outside a category's list passes: the model takes it as unknown and it is
 * counted. A field that nobody declared is refused, because a misspelt feature would be missing for ever.
 *
 * Returns the row, or the problems; `index` is the instance's place in its request.
 */
export function checkInstance(
  input: Features,
  value: unknown,
  index: number,
): { row: InputRow } | { problems: InputProblem[] } {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return {
      problems: [
        {
          instance: index,
          field: '(instance)',
          problem: `is ${sayValue(value)}, not an object of features`,
          fix: `Send each instance as an object: { ${Object.keys(input).slice(0, 3).join(', ')}, … }.`,
        },
      ],
    };
  }
  const given = value as Record<string, unknown>;
  const problems: InputProblem[] = [];
  for (const field of Object.keys(given)) {
    if (!Object.hasOwn(input, field))
      problems.push({ instance: index, field, ...unknownField(input, field) });
  }
  const row: Record<string, FeatureValue> = {};
  for (const [field, feature] of Object.entries(input)) {
    const checked = checkValue(feature, Object.hasOwn(given, field) ? given[field] : null);
    if ('value' in checked) row[field] = checked.value;
    else problems.push({ instance: index, field, ...checked });
  }
  return problems.length > 0 ? { problems } : { row };
}

/** All instances of a request; throws `InputInvalid` with every problem at once. */
export function checkInstances(model: string, input: Features, instances: readonly unknown[]): InputRow[] {
  const rows: InputRow[] = [];
  const problems: InputProblem[] = [];
  instances.forEach((instance, index) => {
    const checked = checkInstance(input, instance, index);
    if ('row' in checked) rows.push(checked.row);
    else problems.push(...checked.problems);
  });
  if (problems.length > 0) throw new InputInvalid(model, problems);
  return rows;
}

/** What to do about an image that is none. */
export const SEND_AN_IMAGE =
  'Send base64 of a PNG, JPEG or WebP, or rows of pixels: [[0, 255], [128, 0]], or [red, green, blue] for a pixel.';

type Checked = { value: FeatureValue } | { problem: string; fix: string };

function checkValue(feature: Feature, value: unknown): Checked {
  if (value === null || value === undefined) return { value: null };
  switch (feature.kind) {
    case 'number':
      return typeof value === 'number' && Number.isFinite(value)
        ? { value }
        : {
            problem: `is ${sayValue(value)}, not a number`,
            fix:
              typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))
                ? `Send ${Number(value)} without quotes.`
                : 'Send a finite number, or null where it is missing.',
          };
    case 'category':
      if (typeof value === 'string') return { value };
      // Codes are often stored as numbers; the config writes every value as a word.
      if (typeof value === 'number' || typeof value === 'boolean') return { value: String(value) };
      return {
        problem: `is ${sayValue(value)}, not a word`,
        fix: `Send one of ${feature.values.slice(0, 8).join(', ')}, or null where it is missing.`,
      };
    case 'text':
      return typeof value === 'string'
        ? { value }
        : {
            problem: `is ${sayValue(value)}, not a text`,
            fix: 'Send a text in quotes, or null where it is missing.',
          };
    case 'image': {
      // Whether it can be seen is known when it is decoded.
      if (typeof value === 'string') return { value };
      if (Array.isArray(value))
        return isNestedTooDeep(value)
          ? { problem: `is nested more than ${DEEPEST} deep`, fix: SEND_AN_IMAGE }
          : { value: JSON.stringify(value) };
      const { b64 } = value as { b64?: unknown };
      if (typeof b64 === 'string') return { value: b64 };
      return { problem: `is ${sayValue(value)}, not an image`, fix: SEND_AN_IMAGE };
    }
    default:
      return feature satisfies never;
  }
}

function unknownField(input: Features, field: string): { problem: string; fix: string } {
  const names = Object.keys(input);
  const same = names.find((name) => name.toLowerCase() === field.toLowerCase());
  return {
    problem: 'is not a feature of this model',
    fix: same
      ? `Write it "${same}".`
      : `Remove it, or declare it in the config. Declared are ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}.`,
  };
}

/** A value as a message names it: short, and never by its insides. */
export function sayValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value !== null && typeof value === 'object') return 'an object';
  // Infinity, which JSON writes as 1e999, would be said as null.
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
