import { DriftloopError } from '../../domain/errors.ts';
import { contentKey } from './content-key.ts';
import type { LabelledExample } from './labelled-example.ts';

/** What is on two sides of a split that should know nothing of each other. */
export type Leak = Readonly<{
  kind: 'content' | 'entity';
  /** Names of the two parts, and an index in each. */
  parts: readonly [string, string];
  at: readonly [number, number];
}>;

type Parts = Readonly<Record<string, readonly LabelledExample[]>>;

/** The same content, or the same entity, in two parts; one leak for each example of the later part. */
export function findLeaks(parts: Parts, kinds: readonly Leak['kind'][] = ['content', 'entity']): Leak[] {
  const leaks: Leak[] = [];
  const contents = new Map<string, readonly [string, number]>();
  const entities = new Map<string, readonly [string, number]>();
  for (const [part, examples] of Object.entries(parts))
    for (const [i, { input, entity }] of examples.entries()) {
      const seen = kinds.includes('content') ? note(contents, contentKey(input), part, i) : null;
      if (seen) leaks.push({ kind: 'content', parts: [seen[0], part], at: [seen[1], i] });
      const known =
        entity === undefined || !kinds.includes('entity') ? null : note(entities, entity, part, i);
      if (known) leaks.push({ kind: 'entity', parts: [known[0], part], at: [known[1], i] });
    }
  return leaks;
}

/** Where the key was seen in another part; else null, and from now on it is known here. */
function note(
  known: Map<string, readonly [string, number]>,
  key: string,
  part: string,
  i: number,
): readonly [string, number] | null {
  const seen = known.get(key);
  if (seen === undefined) known.set(key, [part, i]);
  return seen !== undefined && seen[0] !== part ? seen : null;
}

const SHOWN = 3;

/**
 * A score on rows that were trained on is no score.
 *
 * @throws {DriftloopError} `DL_SPLITS_LEAK` where parts share content or entities
 */
export function refuseLeaks(parts: Parts, kinds?: readonly Leak['kind'][]): void {
  const leaks = findLeaks(parts, kinds);
  const [first] = leaks;
  if (!first) return;
  const said = leaks
    .slice(0, SHOWN)
    .map(({ kind, parts: [a, b], at }) => `${a} row ${at[0] + 1} and ${b} row ${at[1] + 1} (same ${kind})`);
  const more = leaks.length > SHOWN ? `, and ${leaks.length - SHOWN} more` : '';
  throw new DriftloopError('DL_SPLITS_LEAK', `The splits share rows: ${said.join(', ')}${more}.`, {
    fix:
      first.kind === 'content'
        ? `Remove these rows from "${first.parts[0]}" or from "${first.parts[1]}".`
        : 'Split by entity, so that all rows of one are on one side.',
  });
}
