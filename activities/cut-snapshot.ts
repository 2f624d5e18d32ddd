import { DriftloopError } from '../domain/errors.ts';
import type { Example, Snapshot, SnapshotPart } from '../domain/examples.ts';
import { validationShareOf } from '../training/tabular/settings.ts';
import type { Ports } from './ports.ts';

export type SnapshotCut = {
  runId: string;
  model: string;
  configDigest: string;
  fromSeq: number;
  cutSeq: number;
  onsetSeq: number;
  /** A planned refit is spent once its snapshot is cut. */
  isRefit: boolean;
};

export type SnapshotRef = Pick<Snapshot, 'id' | 'cutSeq' | 'rows' | 'rehearsalShare'> & { sentence: string };

/** Fixes what a run may learn from. */
export const createSnapshotActivities = ({
  models,
  examples,
  snapshots,
  runs,
}: Pick<Ports, 'models' | 'examples' | 'snapshots' | 'runs'>) => ({
  /** Cuts the manifest of what a run sees. Safe to repeat: the same run gets the same snapshot back. */
  async cutSnapshot(cut: SnapshotCut): Promise<SnapshotRef> {
    const { runId, model, configDigest, fromSeq, cutSeq, onsetSeq } = cut;
    const config = await models.getPinned(model, configDigest);
    const rows = await examples.range(model, { fromSeq, toSeq: cutSeq });
    const parts = splitByTime(
      rows.filter(({ partition }) => partition === 'train'),
      validationShareOf(config),
    );
    if (parts.train.length === 0 || parts.validation.length === 0) throw tooFewRows(model, rows.length, cut);
    const snapshot = await snapshots.cut({ runId, model, fromSeq, cutSeq, onsetSeq, parts });
    await runs.update(runId, { snapshotId: snapshot.id });
    await runs.trainingBegan(runId, cutSeq);
    if (cut.isRefit) await examples.planRefit(model, null);
    const { id, rehearsalShare } = snapshot;
    return { id, cutSeq, rows: snapshot.rows, rehearsalShare, sentence: saySnapshot(snapshot) };
  },
});

/** The newest rows validate: they are most like those that will come. */
export function splitByTime(
  rows: readonly Example[],
  validationShare: number,
): Record<SnapshotPart, Example[]> {
  const from = rows.length - Math.max(1, Math.round(rows.length * validationShare));
  return { train: rows.slice(0, Math.max(0, from)), validation: rows.slice(Math.max(0, from)) };
}

const percent = (share: number) => `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;

const saySnapshot = ({ rows, rehearsalShare }: Snapshot): string =>
  `Learns from ${rows.train.toLocaleString('en-US')} rows and validates on the ${rows.validation.toLocaleString('en-US')} newest; ` +
  `${percent(rehearsalShare)} of what it learns from is from before the change.`;

const tooFewRows = (model: string, rows: number, { fromSeq, cutSeq }: SnapshotCut) =>
  new DriftloopError(
    'DL_NO_TRAINING_ROWS',
    `${model} has ${rows} labelled rows between ${fromSeq} and ${cutSeq}, too few of them to train and validate on.`,
    { fix: 'Wait for more labels, or lower retrain.holdoutShare.', status: 409 },
  );
