/**
 * The knobs of a detector as values: what each may be set to, what it is when nobody sets it, and what turning it
 * trades. Types, checks, messages and the reference page come from this one description.
 */
import { DriftloopError } from '../../domain/errors.ts';

export type Knob<T> = Readonly<{
  fallback: T;
  /** What it may be, in words that finish "must be". */
  allowed: string;
  accepts: (value: unknown) => value is T;
  /** What more and less of it mean. */
  trades: string;
}>;

export type Knobs = Readonly<Record<string, Knob<unknown>>>;

export type ParamsOf<K extends Knobs> = { readonly [N in keyof K]: K[N] extends Knob<infer T> ? T : never };

/** Bounds of a number; `above` and `below` leave the bound itself out. */
type Range = Readonly<{ above?: number; atLeast?: number; below?: number; atMost?: number }>;

const isWithin = (value: number, { above, atLeast, below, atMost }: Range): boolean =>
  !(above !== undefined && value <= above) &&
  !(atLeast !== undefined && value < atLeast) &&
  !(below !== undefined && value >= below) &&
  !(atMost !== undefined && value > atMost);

function sayRange({ above, atLeast, below, atMost }: Range): string {
  const low = above === undefined ? (atLeast === undefined ? '' : `at least ${atLeast}`) : `above ${above}`;
  const high = below === undefined ? (atMost === undefined ? '' : `at most ${atMost}`) : `below ${below}`;
  return [low, high].filter(Boolean).join(' and ');
}

export const number = (fallback: number, range: Range, trades: string): Knob<number> => ({
  fallback,
  allowed: `a number ${sayRange(range)}`.trim(),
  accepts: (value): value is number =>
    typeof value === 'number' && Number.isFinite(value) && isWithin(value, range),
  trades,
});

export const whole = (fallback: number, range: Range, trades: string): Knob<number> => ({
  fallback,
  allowed: `a whole number ${sayRange(range)}`.trim(),
  accepts: (value): value is number => Number.isSafeInteger(value) && isWithin(value as number, range),
  trades,
});

export const choice = <const T extends string>(options: readonly [T, ...T[]], trades: string): Knob<T> => ({
  fallback: options[0],
  allowed: options.map((option) => `"${option}"`).join(' or '),
  accepts: (value): value is T => options.includes(value as T),
  trades,
});

export const flag = (fallback: boolean, trades: string): Knob<boolean> => ({
  fallback,
  allowed: 'true or false',
  accepts: (value) => typeof value === 'boolean',
  trades,
});

/** A knob that is off, null, until somebody sets it. */
export const optional = <T>(knob: Knob<T>): Knob<T | null> => ({
  ...knob,
  fallback: null,
  allowed: `${knob.allowed}, or null`,
  accepts: (value): value is T | null => value === null || knob.accepts(value),
});

/**
 * The params of a method: what was given, and for the rest what nobody has to set.
 *
 * @param rule what must hold between knobs: what is wrong with them, or null
 * @throws DL_DETECTOR_PARAMS, with every problem, each with the knob's name and what it may be
 */
export function readParams<K extends Knobs>(
  method: string,
  knobs: K,
  given: Readonly<Record<string, unknown>>,
  rule: (params: ParamsOf<K>) => string | null = () => null,
): ParamsOf<K> {
  const problems: string[] = [];
  for (const name of Object.keys(given))
    if (!Object.hasOwn(knobs, name)) problems.push(`there is no knob "${name}"`);
  const params: Record<string, unknown> = {};
  for (const [name, { fallback, allowed, accepts }] of Object.entries(knobs)) {
    const value = given[name] === undefined ? fallback : given[name];
    if (!accepts(value)) problems.push(`"${name}" must be ${allowed}, and is ${say(value)}`);
    params[name] = value;
  }
  const read = params as ParamsOf<K>;
  const broken = problems.length === 0 ? rule(read) : null;
  if (broken !== null) problems.push(broken);
  if (problems.length === 0) return read;
  const names = Object.keys(knobs);
  throw new DriftloopError(
    'DL_DETECTOR_PARAMS',
    `The params of ${method} cannot be: ${problems.join('; ')}.`,
    {
      fix: names.length === 0 ? `${method} has no knobs.` : `The knobs of ${method} are ${names.join(', ')}.`,
    },
  );
}

const say = (value: unknown): string => (typeof value === 'number' ? String(value) : JSON.stringify(value));
