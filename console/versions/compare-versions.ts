import { differences } from '../../domain/differences.ts';
import type { FlipExample } from '../../domain/flip.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import type {
  EvaluationRow,
  ModelStore,
  RunEvent,
  RunStore,
  SnapshotStore,
  VersionStore,
} from '../../domain/ports.ts';
import type { Run } from '../../domain/run.ts';
import type { Version } from '../../domain/version.ts';
import type { Estimate } from '../../training/evaluate.ts';
import { MAIN, reportOf } from '../dossier/dossier.ts';

/** Two versions of a model beside each other: plain JSON, for the page and for `driftloop version compare`. */
export type VersionComparison = Readonly<{
  model: string;
  /** The kind of its task; null where neither was made by a run. */
  task: ModelConfig['task']['kind'] | null;
  a: ComparedVersion;
  b: ComparedVersion;
  /** On rows that both answered, in the gate; null where no gate has held them against each other. */
  direct: DirectComparison | null;
  /** Of the config as it was pinned by the run that made each; null where one was not made by a run. */
  config: readonly ConfigDifference[] | null;
  data: DataDifference;
}>;

export type ComparedVersion = Readonly<{
  version: Version;
  /** Why its training began; null where no run made it. */
  trigger: Run['trigger'] | null;
  verdict: Run['verdict'];
  snapshot: Readonly<{
    cutAt: string;
    rows: Readonly<Record<string, number>>;
    rehearsalShare: number;
  }> | null;
  /** What its training computed on, and the most memory it held. */
  backend: string | null;
  /** On its own test, with its interval. */
  accuracy: Estimate | null;
  testRows: number | null;
}>;

export type DirectComparison = Readonly<{
  runId: string;
  rows: number;
  /** The version that the test has shown to be better; null where it has shown nothing. */
  proven: string | null;
  /** `difference` is b minus a. */
  metrics: readonly { name: string; a: Estimate; b: Estimate; difference: Estimate }[];
  /** Right by only one of the two. */
  flips: Readonly<{ onlyA: number; onlyB: number; examples: readonly ComparedFlip[] }> | null;
}>;

export type ComparedFlip = Readonly<{ label: string; a: string; b: string; isRightIn: 'a' | 'b' }>;
export type ConfigDifference = Readonly<{ path: string; a: unknown; b: unknown }>;

/** Rows that they have learnt from, by what the rows say. */
export type DataDifference = Readonly<{
  both: number;
  onlyA: number;
  onlyB: number;
  /** False where not everything that one of them has learnt from is known. */
  isWhole: boolean;
}>;

export type ComparePorts = {
  models: Pick<ModelStore, 'getPinned'>;
  versions: Pick<VersionStore, 'get' | 'learnt'>;
  runs: Pick<RunStore, 'get' | 'list' | 'story' | 'evaluations'>;
  snapshots: Pick<SnapshotStore, 'get'>;
};

type Made = ComparedVersion & { config: ModelConfig | null; looks: readonly Judged[] };
type Judged = { runId: string; look: EvaluationRow };

/**
 * What two versions have been shown to be, and what made them differ.
 *
 * @throws DL_UNKNOWN_VERSION
 */
export async function compareVersions(
  ports: ComparePorts,
  model: string,
  [first, second]: readonly [string, string],
): Promise<VersionComparison> {
  const [one, other, data, runs] = await Promise.all([
    readMade(ports, model, first),
    readMade(ports, model, second),
    compareData(ports, model, [first, second]),
    ports.runs.list({ model, limit: 200 }),
  ]);
  // A version that was tried again has been judged by more runs than the one that made it.
  const more = runs.filter(
    ({ id, version }) =>
      (version === first || version === second) && id !== one.version.runId && id !== other.version.runId,
  );
  const again = await Promise.all(more.map(({ id }) => looksOf(ports, id)));
  const looks = [...one.looks, ...other.looks, ...again.flat()];
  const { config: configA, looks: _, ...a } = one;
  const { config: configB, looks: __, ...b } = other;
  return {
    model,
    task: (configB ?? configA)?.task.kind ?? null,
    a,
    b,
    direct: directOf(looks, [first, second]),
    config: configA === null || configB === null ? null : configDifferences(configA, configB),
    data,
  };
}

async function readMade(ports: ComparePorts, model: string, name: string): Promise<Made> {
  const version = await ports.versions.get(model, name);
  const { runId, snapshotId } = version;
  const [run, snapshot, looks, story] = await Promise.all([
    runId === null ? null : ports.runs.get(runId),
    snapshotId === null ? null : ports.snapshots.get(snapshotId),
    runId === null ? [] : looksOf(ports, runId),
    runId === null ? [] : ports.runs.story(runId),
  ]);
  const own = looks.findLast(({ look }) => look.challenger === name)?.look ?? null;
  return {
    version,
    trigger: run?.trigger ?? null,
    verdict: run?.verdict ?? null,
    snapshot:
      snapshot === null
        ? null
        : { cutAt: snapshot.cutAt, rows: snapshot.rows, rehearsalShare: snapshot.rehearsalShare },
    backend: backendIn(story),
    accuracy: reportOf(own).challenger?.['accuracy'] ?? null,
    testRows: own?.rows ?? null,
    config: run === null ? null : await ports.models.getPinned(model, run.configDigest),
    looks,
  };
}

const looksOf = async ({ runs }: ComparePorts, runId: string): Promise<Judged[]> =>
  (await runs.evaluations(runId)).map((look) => ({ runId, look }));

const backendIn = (story: readonly Pick<RunEvent, 'data'>[]): string | null => {
  const said = story.findLast(({ data }) => typeof data?.['backend'] === 'string')?.data?.['backend'];
  return typeof said === 'string' ? said : null;
};

/** The newest look at both, turned so that `b` is the one that is asked about last. */
function directOf(looks: readonly Judged[], [a, b]: readonly [string, string]): DirectComparison | null {
  const judged = looks.findLast(
    ({ look: { challenger, champion } }) =>
      (challenger === b && champion === a) || (challenger === a && champion === b),
  );
  if (judged === undefined) return null;
  const { runId, look } = judged;
  const isTurned = look.challenger === a;
  const { challenger = {}, champion = {}, difference = {}, discordant, flips = [] } = reportOf(look);
  const [ofA, ofB] = isTurned ? [challenger, champion] : [champion, challenger];
  return {
    runId,
    rows: look.rows,
    proven: provenBy(look),
    metrics: Object.entries(difference).flatMap(([name, given]) =>
      ofA[name] === undefined || ofB[name] === undefined
        ? []
        : [{ name, a: ofA[name], b: ofB[name], difference: isTurned ? turned(given) : given }],
    ),
    flips:
      discordant === undefined
        ? null
        : {
            onlyA: isTurned ? discordant.wins : discordant.losses,
            onlyB: isTurned ? discordant.losses : discordant.wins,
            examples: flips.map((flip) => flipOf(flip, isTurned)),
          },
  };
}

/** A side that was ahead when patience ended, or was let through by a person, is not proven. */
function provenBy(look: EvaluationRow): string | null {
  const { verdict, challenger, champion } = look;
  if (verdict.kind === 'hold' || verdict.by !== 'evidence') return null;
  if (verdict.kind === 'promote') return challenger;
  // It may have been rejected for something else.
  const main = reportOf(look).checks?.find(({ name }) => name === MAIN);
  return main?.result === 'fail' ? champion : null;
}

const turned = ({ estimate, low, high }: Estimate): Estimate => ({
  estimate: -estimate,
  low: -high,
  high: -low,
});

const flipOf = ({ kind, label, challenger, champion }: FlipExample, isTurned: boolean): ComparedFlip => ({
  label,
  a: (isTurned ? challenger : champion).label,
  b: (isTurned ? champion : challenger).label,
  isRightIn: (kind === 'fixed') === isTurned ? 'a' : 'b',
});

/** Who waits for what and who is told makes no version different. */
const isAboutPeople = (path: string): boolean => /^(approval|rollout|serving|name)(\.|$)/.test(path);

const configDifferences = (a: ModelConfig, b: ModelConfig): ConfigDifference[] =>
  differences(a, b, isAboutPeople).map(({ path, stored, recomputed }) => ({
    path,
    a: stored,
    b: recomputed,
  }));

async function compareData(
  { versions }: ComparePorts,
  model: string,
  [first, second]: readonly [string, string],
): Promise<DataDifference> {
  const [a, b] = await Promise.all([versions.learnt(model, first), versions.learnt(model, second)]);
  const ofA = new Set(a.rows);
  const ofB = new Set(b.rows);
  const both = [...ofB].filter((row) => ofA.has(row)).length;
  return { both, onlyA: ofA.size - both, onlyB: ofB.size - both, isWhole: a.isWhole && b.isWhole };
}
