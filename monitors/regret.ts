/**
 * Regret: how many more errors has the champion made than its own reference promised?
 *
 * The first `referenceRows` labelled rows after it took over give its error rate; ref is the mean of that and its
 * predecessor's ref. From then on
 *
 *     S ← max(0, S + error − (ref + slack))
 *
 * S is counted in errors, so it can be compared with the price of a training. Feed every labelled row since the
 * takeover in the order in which its label became known, scored by the champion, whoever served it.
 *
 * `slack` is the rise one is willing to ignore. `referenceRows` trades a late start for a surer reference.
 *
 * Source: E. S. Page, "Continuous inspection schemes", Biometrika 41 (1954); constants: docs/decisions/regret-policy.md.
 */
import { defaultPolicy, type RegretPolicy } from '../domain/policy/regret-policy.ts';

export type Regret = Readonly<{
  /** Labelled rows since the takeover. */
  rows: number;
  /** Errors among them. */
  errors: number;
  /** Own reference error rate; `null` until it is known. */
  reference: number | null;
  predecessorReference: number | null;
  /** S, in errors. */
  regret: number;
}>;

export type RegretOptions = Pick<RegretPolicy, 'slack' | 'referenceRows'>;

/** A champion that has just taken over; give it `referenceOf` its predecessor, if there was one. */
export const start = (predecessorReference: number | null = null): Regret => ({
  rows: 0,
  errors: 0,
  reference: null,
  predecessorReference,
  regret: 0,
});

/** An earlier version that answers again: its own reference counts from the first row, its old history does not. */
export const restore = (reference: number | null): Regret => ({ ...start(reference), reference });

/** The reference in force: its own, or else its predecessor's; `null` when neither is known. */
export const referenceOf = (s: Regret): number | null => s.reference ?? s.predecessorReference;

export function observe(s: Regret, isError: boolean, options: RegretOptions = defaultPolicy): Regret {
  const error = isError ? 1 : 0;
  const rows = s.rows + 1;
  const errors = s.errors + error;
  if (s.reference === null) {
    if (rows < options.referenceRows) return { ...s, rows, errors };
    const own = errors / rows;
    const reference = s.predecessorReference === null ? own : (own + s.predecessorReference) / 2;
    return { ...s, rows, errors, reference };
  }
  const regret = Math.max(0, s.regret + error - (s.reference + options.slack));
  return { ...s, rows, errors, regret };
}

/** Many rows at once; the same as row by row. */
export function observeAll(
  s: Regret,
  areErrors: Iterable<boolean | number>,
  options: RegretOptions = defaultPolicy,
): Regret {
  let state = s;
  for (const isError of areErrors) state = observe(state, Boolean(isError), options);
  return state;
}
