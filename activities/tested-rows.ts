import { createHash } from 'node:crypto';
import { canonicalJson } from '../domain/config.ts';
import type { GoldenKind } from '../domain/golden.ts';
import type { TestedPart, TestedRow } from '../domain/tested-row.ts';
import type { Scored } from './scored-rows.ts';

/** Entities that are the same stay the same, and nobody reads in a run's rows whose they are. */
const entityHash = (runId: string, entity: string): string =>
  createHash('sha256').update(`${runId}\n${entity}`).digest('hex').slice(0, 16);

/** Everything about a row but its input, which may be erased. */
export const testedDigest = (row: Omit<TestedRow, 'digest' | 'input'>): string => {
  const { part, id, seq, label, entity, source, ours, theirs } = row;
  return createHash('sha256')
    .update(canonicalJson({ part, id, seq, label, entity, source, ours, theirs }))
    .digest('hex');
};

/** Rows of a look as they are kept. */
export const testedOf = (
  runId: string,
  test: readonly Scored[],
  golden: Readonly<Record<GoldenKind, readonly Scored[]>>,
): TestedRow[] => [
  ...test.map((row) => testedAs(runId, 'test', row)),
  ...golden.pinned.map((row) => testedAs(runId, 'pinned', row)),
  ...golden.sampled.map((row) => testedAs(runId, 'sampled', row)),
];

function testedAs(runId: string, part: TestedPart, { example, ours, theirs }: Scored): TestedRow {
  const { predictionId: id, seq, input, label, source = null } = example;
  const entity = example.entity === undefined ? null : entityHash(runId, example.entity);
  const row = { part, id, seq, label, entity, source, ours, theirs };
  return { ...row, input, digest: testedDigest(row) };
}

/** Names exactly these rows with these answers; whatever their order. */
export const answersDigest = (rows: readonly Pick<TestedRow, 'digest'>[]): string =>
  createHash('sha256')
    .update(
      rows
        .map(({ digest }) => digest)
        .toSorted()
        .join('\n'),
    )
    .digest('hex');
