import { count } from '../domain/count.ts';
import { DriftloopError } from '../domain/errors.ts';
import { readsText } from '../domain/input.ts';
import type { Example, Snapshot, SnapshotParts } from '../domain/examples.ts';
import { validationShareOf } from '../training/tabular/settings.ts';
import { splitWornOut } from './worn-out-rows.ts';
import { keepsOld, noOldRows, oldRowsBefore } from './old-rows.ts';
import type { Twins } from '../training/data/find-twins.ts';
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

export type SnapshotRef = Pick<Snapshot, 'id' | 'cutSeq' | 'rows' | 'rehearsalShare'> & {
  sentence: string;
  /** Rows to learn from that were left out, because a golden or a held-out row says the same; and how rows meet. */
  apart: { left: { golden: number; heldOut: number } } & Pick<Twins, 'share' | 'byChance'>;
};

/** Fixes what a run may learn from. */
export const createSnapshotActivities = ({
  models,
  versions,
  examples,
  snapshots,
  golden,
  runs,
  findTwins,
}: Pick<Ports, 'models' | 'versions' | 'examples' | 'snapshots' | 'golden' | 'runs' | 'findTwins'>) => ({
  /** Cuts the manifest of what a run sees. Safe to repeat: the same run gets the same snapshot back. */
  async cutSnapshot(cut: SnapshotCut): Promise<SnapshotRef> {
    const { runId, model, configDigest, fromSeq, cutSeq, onsetSeq } = cut;
    const config = await models.getPinned(model, configDigest);
    const rows = await examples.range(model, { fromSeq, toSeq: cutSeq, withPicked: true });
    const goldenRows = await golden.list(model);
    const goldenIds = new Set(goldenRows.map(({ id }) => id));
    const everHeldOut = rows.filter(({ partition, isPicked }) => partition === 'holdout' && !isPicked);
    // What has judged as many as it may proves nothing any more: from here on it validates, and newer rows test.
    const ledger = await runs.lookedAt(model);
    // Rows since the onset are the set that the gate will ask.
    const [older, newer] = [
      everHeldOut.filter(({ seq }) => seq < onsetSeq),
      everHeldOut.filter(({ seq }) => seq >= onsetSeq),
    ].map((rows) => splitWornOut(rows, ledger, config.gate));
    const worn = [...older!.wornOut, ...newer!.wornOut];
    const heldOut = [...older!.fit, ...newer!.fit];
    const learnable = rows.filter(({ partition }) => partition === 'train');
    const { ofGolden, ofHeldOut, ...meeting } = await findTwins({
      input: config.input,
      rows: inputsOf(learnable),
      heldOut: inputsOf(heldOut),
      golden: [...goldenIds],
      ...(readsText(config.input) ? { goldenTexts: goldenRows.map(({ input }) => input) } : {}),
    });
    const apart = { left: { golden: ofGolden.length, heldOut: ofHeldOut.length }, ...meeting };
    const out = new Set([...ofGolden, ...ofHeldOut]);
    const kept = learnable.filter((_, i) => !out.has(i));
    if (kept.length < learnable.length / 2) throw leaked(model, learnable.length, apart.left);
    const { train, validation } = splitByTime(kept, validationShareOf(config));
    const parts = { train, validation: [...validation, ...worn].sort((a, b) => a.seq - b.seq) };
    if (parts.train.length === 0 || parts.validation.length === 0) throw tooFewRows(model, rows.length, cut);
    const old = keepsOld(config)
      ? await oldRowsBefore({ examples, versions, snapshots }, { config, fromSeq, besides: goldenIds })
      : noOldRows;
    const snapshot = await snapshots.cut({
      runId,
      model,
      fromSeq,
      cutSeq,
      onsetSeq,
      parts: { ...parts, ...old },
    });
    await runs.update(runId, { snapshotId: snapshot.id });
    await runs.trainingBegan(runId, cutSeq);
    if (cut.isRefit) await examples.planRefit(model, null);
    const { id, rehearsalShare } = snapshot;
    const sentence = [saySnapshot(snapshot), ...sayApart(apart), ...sayWornOut(worn)].join(' ');
    return { id, cutSeq, rows: snapshot.rows, rehearsalShare, sentence, apart };
  },
});

const inputsOf = (rows: readonly Example[]) => rows.map(({ input }) => input);

/** The newest rows validate: they are most like those that will come. Picked ones are not, so they train whenever they came. */
export function splitByTime(
  rows: readonly Example[],
  validationShare: number,
): Pick<SnapshotParts, 'train' | 'validation'> {
  const asTheyCome = rows.filter(({ isPicked }) => !isPicked);
  const wanted = Math.max(1, Math.round(asTheyCome.length * validationShare));
  const validation = asTheyCome.slice(Math.max(0, asTheyCome.length - wanted));
  const validates = new Set(validation);
  return { train: rows.filter((row) => !validates.has(row)), validation };
}

const percent = (share: number) => `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;

const saySnapshot = ({ rows, rehearsalShare }: Snapshot): string =>
  `Learns from ${count(rows.train)} rows and validates on the ${count(rows.validation)} newest` +
  (rows.rehearsal === 0
    ? '.'
    : `; ${percent(rehearsalShare)} of what it learns from is rehearsed from before the change.` +
      ` ${count(rows.rehearsal)} rows of the time before are learnt from again, and ${count(rows.golden)} others say what is kept of it.`);

/** What of the data a person should know before a test on it is believed. */
function sayApart({ left, share, byChance }: SnapshotRef['apart']): string[] {
  const out = left.golden + left.heldOut;
  if (out > 0)
    return [
      `${count(out)} ${out === 1 ? 'row is left out, because it says' : 'rows are left out, because they say'} what a ${left.golden === 0 ? 'held-out' : left.heldOut === 0 ? 'golden' : 'golden or a held-out'} row says, which tests.`,
    ];
  if (share === 0) return [];
  return [
    `${percent(share)} of the held-out rows are like a row that is learnt from; ${percent(byChance)} of these meet by chance.`,
  ];
}

const sayWornOut = ({ length }: readonly Example[]): string[] =>
  length === 0
    ? []
    : [
        `${count(length)} held-out ${length === 1 ? 'row has' : 'rows have'} judged as many challengers as ${length === 1 ? 'it' : 'they'} may and ${length === 1 ? 'is' : 'are'} worn out: ${length === 1 ? 'it validates' : 'they validate'} from now on, and newer rows test.`,
      ];

const leaked = (model: string, rows: number, { golden, heldOut }: SnapshotRef['apart']['left']) =>
  new DriftloopError(
    'DL_TEST_LEAKED',
    `Of the ${count(rows)} rows that ${model} could learn from, ${count(golden)} say what a golden row says and ` +
      `${count(heldOut)} what a held-out row says: a test on those would promise too much.`,
    {
      fix: 'Name an `entity` in the config, so that what belongs together stays on one side, or send rows that say more of what differs.',
      status: 409,
    },
  );

const tooFewRows = (model: string, rows: number, { fromSeq, cutSeq }: SnapshotCut) =>
  new DriftloopError(
    'DL_NO_TRAINING_ROWS',
    `${model} has ${rows} labelled rows between ${fromSeq} and ${cutSeq}, too few of them to train and validate on.`,
    { fix: 'Wait for more labels, or lower retrain.holdoutShare.', status: 409 },
  );
