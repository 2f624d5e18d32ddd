import { checkInstance } from '../domain/check-instance.ts';
import type { Example, OldRows } from '../domain/examples.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import { isTruthOf } from '../domain/answer-text.ts';
import type { Version } from '../domain/version.ts';
import { contentHash } from '../training/data/content-hash.ts';
import type { Ports } from './ports.ts';

export const noOldRows: OldRows = { rehearsal: [], golden: [] };

/** As many as a training learns from at most (docs/decisions/regret-policy.md); the newest. */
const ROWS_AT_MOST = 4_000;
/** Of old rows, the share that only measures; of rows that the champion has not learnt, half. */
const GOLDEN = { share: 0.1, ofUnseen: 0.5, atMost: 500 };

/**
 * Whether a training holds on to what the champion knew: where it begins from the champion and its config says what shall
 * be kept. Otherwise old labels are taken for what a regret-driven run takes them for: those of a world that has passed.
 */
export const keepsOld = ({ base, fineTune }: Pick<ModelConfig, 'base' | 'fineTune'>): boolean =>
  base.kind === 'champion' && fineTune?.keep !== undefined;

/**
 * Rows of the time before a training's own: those that the champion stands for, back to the first that it has learnt.
 * Only of the partition that may train: held-out rows stay unseen.
 */
export async function oldRowsBefore(
  { examples, versions, snapshots }: Pick<Ports, 'examples' | 'versions' | 'snapshots'>,
  {
    config,
    fromSeq,
    besides,
  }: {
    config: ModelConfig;
    fromSeq: number;
    /** Content hashes of golden rows, which never train. */
    besides: ReadonlySet<string>;
  },
): Promise<OldRows> {
  const { name: model, input, task } = config;
  const champion = await versions.champion(model);
  if (champion === null || fromSeq <= 1) return noOldRows;
  const rows = await examples.range(model, {
    fromSeq: await firstLearntBy(champion, snapshots),
    toSeq: fromSeq - 1,
    limit: ROWS_AT_MOST,
    withPicked: true,
  });
  const fitting = rows.filter(
    (row) =>
      row.partition === 'train' &&
      // The config may have changed since.
      isTruthOf(task, row.label) &&
      'row' in checkInstance(input, row.input, 0) &&
      !besides.has(contentHash(input, row.input)),
  );
  const ids = fitting.map(({ predictionId }) => predictionId);
  return partOldRows(fitting, await snapshots.seenBy(model, [champion.version], ids));
}

/** What was trained from a file has no rows here: everything that was labelled since is its time. */
async function firstLearntBy({ snapshotId }: Version, snapshots: Ports['snapshots']): Promise<number> {
  if (snapshotId === null) return 1;
  const { fromSeq, rows } = await snapshots.get(snapshotId);
  if (rows.rehearsal === 0) return fromSeq;
  const { examples } = await snapshots.read(snapshotId, 'rehearsal');
  return examples.reduce((first, { seq }) => Math.min(first, seq), fromSeq);
}

/**
 * Who is rehearsed and who measures. Of rows that the champion has learnt it knows too much: what measures is drawn from
 * the others, evenly over their time. A picked row is harder than its time was, and measures nothing.
 */
export function partOldRows(rows: readonly Example[], learnt: ReadonlySet<string>): OldRows {
  const unseen = rows.filter(({ predictionId, isPicked }) => !isPicked && !learnt.has(predictionId));
  const wanted = Math.min(
    Math.round(rows.length * GOLDEN.share),
    Math.floor(unseen.length * GOLDEN.ofUnseen),
    GOLDEN.atMost,
  );
  const golden = Array.from({ length: wanted }, (_, i) => unseen[Math.floor((i * unseen.length) / wanted)]!);
  const measures = new Set(golden);
  return { rehearsal: rows.filter((row) => !measures.has(row)), golden };
}
