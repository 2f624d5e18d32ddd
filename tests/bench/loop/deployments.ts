import type { Session } from '../../../cli/demo/session.ts';
import type { Played } from '../../../cli/demo/play.ts';
import { takeRows } from '../../../cli/demo/streams/stream.ts';
import type { Reign } from './alert-lag.ts';
import { labelOfAnswer } from '../../support/label-of.ts';

/** A promotion by a run, and the rows of the stream that its version learnt from. */
export type Promotion = {
  version: string;
  atRow: number;
  /** Indices of its training rows in the stream; null where an earlier version came back without a training. */
  trainingRows: number[] | null;
};

export type Deployments = {
  reigns: Reign[];
  promotions: Promotion[];
  /** By version, 1 where it would have erred on a played row; index 0 is row `fromRow`. */
  errors: Map<string, Uint8Array>;
  fromRow: number;
};

/** Who answered when, what each had learnt from, and how each version would have fared on every played row. */
export async function readDeployments(session: Session, played: Played): Promise<Deployments> {
  const { production, driftloop, tuning, firstChampion } = session;
  const { stores } = driftloop;
  const fromRow = production.bootstrapRows;
  const { outcomes, view } = played;
  const rowOf = new Map(outcomes.map(({ predictionId, index }) => [predictionId, index]));
  const promoted = view.runs
    .filter((run) => run.promotedAt !== null && run.version !== null)
    .sort((a, b) => a.promotedAt!.localeCompare(b.promotedAt!));

  const promotions: Promotion[] = [];
  for (const run of promoted) {
    const read = run.snapshotId === null ? null : await stores.snapshots.read(run.snapshotId, 'train');
    promotions.push({
      version: run.version!,
      atRow: rowAt(outcomes, Date.parse(run.promotedAt!)),
      trainingRows: read && read.examples.flatMap(({ predictionId }) => rowOf.get(predictionId) ?? []),
    });
  }
  const rows = await takeRows(production.stream, { from: fromRow, to: fromRow + production.plannedRows });
  const errors = new Map<string, Uint8Array>();
  for (const { version, digest } of view.versions) {
    await tuning.predictor.load(digest, await tuning.artifacts.open(digest));
    const outputs = await tuning.predictor.predict(
      digest,
      rows.map(({ row }) => row),
    );
    errors.set(
      version,
      Uint8Array.from(rows, ({ label }, i) => (labelOfAnswer(outputs[i]) === label ? 0 : 1)),
    );
  }
  const first = { version: firstChampion.version, fromRow };
  return {
    reigns: [first, ...promotions.map(({ version, atRow }) => ({ version, fromRow: atRow }))],
    promotions,
    errors,
    fromRow,
  };
}

/** The first row that was sent at or after an instant; one past the last where there was none. */
export function rowAt(outcomes: readonly { index: number; sentAt: number }[], ms: number): number {
  let [first, last] = [Infinity, -1];
  for (const { index, sentAt } of outcomes) {
    if (sentAt >= ms) first = Math.min(first, index);
    last = Math.max(last, index);
  }
  return Number.isFinite(first) ? first : last + 1;
}
