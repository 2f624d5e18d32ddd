import { eq } from 'drizzle-orm';
import type { Example, Partition, Snapshot, SnapshotPart } from '../../domain/examples.ts';
import type { InputRow } from '../../domain/input.ts';
import type { SnapshotStore } from '../../domain/ports.ts';
import type { Handle, Transaction } from './database.ts';
import { digestOf, sha256 } from './digests.ts';
import { bucketOf } from './partitions.ts';
import { snapshotCorrupt, unknownSnapshot } from './refusals.ts';
import { snapshotExamples, snapshots } from './schema/snapshots.ts';

const parts: readonly SnapshotPart[] = ['train', 'validation', 'rehearsal', 'golden'];
const rowsPerInsert = 2_000;

/** What a manifest keeps of a row. */
export const exampleHash = ({ input, label }: Pick<Example, 'input' | 'label'>): string =>
  digestOf({ input, label });

const toSnapshot = (row: typeof snapshots.$inferSelect): Snapshot => ({
  id: row.id,
  model: row.model,
  runId: row.runId,
  cutAt: row.createdAt.toISOString(),
  cutSeq: row.cutSeq,
  fromSeq: row.fromSeq,
  rows: {
    train: row.trainRows,
    validation: row.validationRows,
    rehearsal: row.rehearsalRows,
    golden: row.goldenRows,
  },
  rehearsalShare: row.rehearsalShare,
  digest: row.digest,
});

export function createSnapshotStore({ db, pool }: Handle): SnapshotStore {
  return {
    cut: ({ runId, model, fromSeq, cutSeq, onsetSeq, parts: rows }) =>
      db.transaction(async (tx) => {
        const entries = parts.flatMap((part) =>
          rows[part].map((example, position) => ({ part, position, example, hash: exampleHash(example) })),
        );
        const before = onsetSeq === null ? 0 : rows.train.filter((e) => e.seq < onsetSeq).length;
        const digest = manifestDigest(
          entries.map(({ part, example, hash }) => ({
            part,
            seq: example.seq,
            predictionId: example.predictionId,
            hash,
          })),
        );
        const id = `snapshot-${sha256(runId).slice(0, 16)}`;
        const [inserted] = await tx
          .insert(snapshots)
          .values({
            id,
            model,
            runId,
            fromSeq,
            cutSeq,
            onsetSeq,
            trainRows: rows.train.length,
            validationRows: rows.validation.length,
            rehearsalRows: rows.rehearsal.length,
            goldenRows: rows.golden.length,
            rehearsalShare: rows.train.length === 0 ? 0 : before / rows.train.length,
            digest,
          })
          .onConflictDoNothing()
          .returning();
        if (inserted === undefined) return await find(tx, id);
        for (let from = 0; from < entries.length; from += rowsPerInsert) {
          const chunk = entries.slice(from, from + rowsPerInsert);
          await tx.insert(snapshotExamples).values(
            chunk.map(({ part, position, example, hash }) => ({
              snapshotId: id,
              part,
              position,
              seq: example.seq,
              predictionId: example.predictionId,
              bucket: bucketOf(example.predictionId),
              hash: Buffer.from(hash, 'hex'),
            })),
          );
        }
        return toSnapshot(inserted);
      }),

    get: (id) => find(db, id),

    async manifestDigest(id) {
      const { rows } = await pool.query<ManifestRow>(
        `select part, seq, prediction_id as "predictionId", encode(hash, 'hex') as hash from snapshot_examples
          where snapshot_id = $1 order by array_position($2::text[], part), position`,
        [id, parts],
      );
      return manifestDigest(rows);
    },

    async read(id, part) {
      await find(db, id);
      const { rows } = await pool.query<StoredRow>(readQuery, [id, part]);
      const examples: Example[] = [];
      let erased = 0;
      for (const row of rows) {
        const example = asCut(id, row);
        if (example === null) erased += 1;
        else examples.push(example);
      }
      return { examples, erased };
    },

    async seenBy(model, versionNames, predictionIds) {
      const { rows } = await pool.query<{ id: string }>(seenQuery, [model, versionNames, predictionIds]);
      return new Set(rows.map((r) => r.id));
    },
  };
}

type ManifestRow = Pick<Example, 'seq' | 'predictionId'> & { part: SnapshotPart; hash: string };

const manifestDigest = (rows: readonly ManifestRow[]): string =>
  sha256(rows.map((row) => `${row.part} ${row.seq} ${row.predictionId} ${row.hash}\n`).join(''));

async function find(db: Handle['db'] | Transaction, id: string): Promise<Snapshot> {
  const [row] = await db.select().from(snapshots).where(eq(snapshots.id, id));
  if (row === undefined) throw unknownSnapshot(id);
  return toSnapshot(row);
}

type StoredRow = {
  seq: number;
  predictionId: string;
  hash: string;
  input: InputRow | null;
  label: string | null;
  partition: Partition | null;
  otherLabels: string[] | null;
};

const readQuery = `
  select s.seq, s.prediction_id as "predictionId", encode(s.hash, 'hex') as hash, p.input, e.label, e.partition,
         (select array_agg(distinct c.label) from label_codes c where c.model = e.model) as "otherLabels"
    from snapshot_examples s
    left join predictions p on p.prediction_id = s.prediction_id and p.bucket = s.bucket
    left join examples e on e.prediction_id = s.prediction_id and e.bucket = s.bucket
   where s.snapshot_id = $1 and s.part = $2
   order by s.position`;

/** The row as it was when the snapshot was cut; a label that was corrected since is found again by the hash. */
function asCut(id: string, row: StoredRow): Example | null {
  const { seq, predictionId, hash, input, label, partition } = row;
  if (input === null || label === null || partition === null) return null;
  for (const candidate of [label, ...(row.otherLabels ?? [])]) {
    if (exampleHash({ input, label: candidate }) === hash) {
      return { seq, predictionId, input, label: candidate, partition };
    }
  }
  throw snapshotCorrupt(id, predictionId);
}

/** The snapshots of the versions and of all their ancestors, and which of the ids stand in them. */
const seenQuery = `
  with recursive lineage as (
    select version, parent, snapshot_id from versions where model = $1 and version = any ($2::text[])
    union
    select v.version, v.parent, v.snapshot_id from versions v join lineage l on v.model = $1 and v.version = l.parent
  )
  select distinct s.prediction_id as id
    from snapshot_examples s
   where s.prediction_id = any ($3::uuid[])
     and s.snapshot_id in (select snapshot_id from lineage)`;
