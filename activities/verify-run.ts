/**
 * Recomputes what a run was decided on: every look of its gate from the rows that are kept, under the config that the run
 * pinned, and the manifests of what was trained on. What is stored and what comes out have to be the same.
 */
import { DriftloopError } from '../domain/errors.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import type { StoredLook } from '../domain/ports.ts';
import type { Run } from '../domain/run.ts';
import { differences, type Difference } from '../domain/differences.ts';
import type { Ports } from './ports.ts';
import { recomputeLook, restsOnSlices } from './recompute-look.ts';
import { answersDigest, testedDigest } from './tested-rows.ts';

export type Verification = Readonly<{
  runId: string;
  model: string;
  isEqual: boolean;
  looks: number;
  /** Rows that are not there any more, erased, withdrawn or past their retention: of those that tested, and that trained. */
  erased: Readonly<{ tested: number; trained: number }>;
  differences: readonly FoundDifference[];
  /** For a person. */
  sentence: string;
}>;

export type FoundDifference = Difference & {
  /** Null where it is about the run as a whole. */
  look: number | null;
};

export type VerifyPorts = Pick<Ports, 'models' | 'versions' | 'snapshots' | 'runs' | 'judge' | 'report'>;

/** It only reads. */
export async function verifyRun(ports: VerifyPorts, runId: string): Promise<Verification> {
  const run = await ports.runs.get(runId);
  const looks = await ports.runs.looks(runId);
  const found: FoundDifference[] = [];
  const note = (look: number | null, some: readonly Difference[]) =>
    void found.push(...some.map((one) => ({ ...one, look })));
  const must = (look: number | null, path: string, stored: unknown, recomputed: unknown) =>
    note(look, differences({ [path]: stored }, { [path]: recomputed }));

  must(null, 'configDigest', run.configDigest, await ports.models.recomputedDigest(run.configDigest));
  const config = await pinned(ports, run);
  const trained = await checkManifests(ports, run, looks, (...args) => must(null, ...args));
  let tested = 0;
  for (const look of config === null ? [] : looks) {
    const erased = await checkLook(ports, { run, config: config!, look }, note, must);
    tested = Math.max(tested, erased);
  }
  const last = looks.at(-1);
  // A person's word against the gate stands beside what the gate said.
  const isForced = run.verdict?.kind === 'promote' && run.verdict.by === 'forced';
  if (last !== undefined && run.verdict !== null && !isForced)
    note(null, differences({ verdict: last.verdict }, { verdict: run.verdict }));
  const erased = { tested, trained };
  const outcome = { isEqual: found.length === 0, looks: looks.length, erased, differences: found };
  return { runId, model: run.model, ...outcome, sentence: say(runId, outcome) };
}

async function pinned({ models }: VerifyPorts, { model, configDigest }: Run): Promise<ModelConfig | null> {
  try {
    return await models.getPinned(model, configDigest);
  } catch (error) {
    if (error instanceof DriftloopError) return null;
    throw error;
  }
}

type Must = (path: string, stored: unknown, recomputed: unknown) => void;

/** Of the run's own snapshot, and of those that judged versions and their ancestors were trained on. */
async function checkManifests(
  { versions, snapshots }: VerifyPorts,
  { model, snapshotId }: Run,
  looks: readonly StoredLook[],
  must: Must,
): Promise<number> {
  const all = new Map((await versions.list(model)).map((version) => [version.version, version]));
  const ids = new Set(snapshotId === null ? [] : [snapshotId]);
  const lineage = new Set(looks.flatMap(({ challenger, champion }) => [challenger, champion]));
  for (const name of lineage) {
    const version = all.get(name);
    if (version?.parent != null) lineage.add(version.parent);
    if (version?.snapshotId != null) ids.add(version.snapshotId);
  }
  for (const id of ids) {
    const [{ digest }, recomputed] = [await snapshots.get(id), await snapshots.manifestDigest(id)];
    must(`snapshots.${id}`, digest, recomputed);
  }
  if (snapshotId === null) return 0;
  let erased = 0;
  for (const part of ['train', 'validation', 'rehearsal', 'golden'] as const)
    try {
      erased += (await snapshots.read(snapshotId, part)).erased;
    } catch (error) {
      if (!(error instanceof DriftloopError)) throw error;
      must(`snapshots.${snapshotId}.${part}`, 'rows as they were cut', error.message);
    }
  return erased;
}

/** @returns how many of its rows are erased */
async function checkLook(
  ports: VerifyPorts,
  { run, config, look }: { run: Run; config: ModelConfig; look: StoredLook },
  note: (look: number, some: readonly Difference[]) => void,
  mustOf: (look: number, ...args: Parameters<Must>) => void,
): Promise<number> {
  const must: Must = (...args) => mustOf(look.look, ...args);
  const rows = await ports.runs.tested(run.id, look.look);
  for (const row of rows) {
    must(`rows.${row.id}.digest`, row.digest, testedDigest(row));
    if (!row.isAsTested) must(`rows.${row.id}.input`, 'as it was answered', 'another one');
  }
  must('answersDigest', look.report['answersDigest'], answersDigest(rows));
  must('reportDigest', look.reportDigest, look.recomputedDigest);
  must('verdict.kind', look.bound.kind, look.verdict.kind);
  must('verdict.reportDigest', look.bound.reportDigest, look.reportDigest);
  must('verdict.testDigest', look.bound.testDigest, look.testDigest);
  must('verdict.configDigest', look.bound.configDigest, run.configDigest);
  for (const side of ['challenger', 'champion'] as const) {
    const { digest } = await ports.versions.get(run.model, look[side]);
    must(`${side}Digest`, look[`${side}Digest`], digest);
  }
  const ids = rows.flatMap(({ part, id }) => (part === 'test' ? [id] : []));
  if (look.look > 0) {
    const seen = await ports.snapshots.seenBy(run.model, [look.challenger, look.champion], ids);
    must('rows that were trained on', 0, seen.size);
  }

  if (look.report['terms'] === undefined) {
    must('report.terms', 'not kept: an earlier Driftloop judged this look', 'needed');
    return 0;
  }
  const recomputed = await recomputeLook(ports, { run, config, look, rows });
  const erased = rows.filter(({ input }) => input === null).length;
  if (recomputed === null) {
    must('verdict', look.verdict.kind, 'nothing that these rows say');
    return erased;
  }
  const { answersDigest: _, ...report } = look.report;
  // What is split by a value of the input cannot be split any more.
  const besides = (path: string) => erased > 0 && restsOnSlices(path, look.report);
  note(
    look.look,
    differences(
      { rows: look.rows, testDigest: look.testDigest, verdict: look.verdict, report },
      asStored({ ...recomputed }),
      besides,
    ),
  );
  return erased;
}

/** As JSON has it: what is undefined is not there. */
const asStored = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

function say(
  runId: string,
  {
    looks,
    isEqual,
    erased,
    differences: found,
  }: Pick<Verification, 'looks' | 'isEqual' | 'erased' | 'differences'>,
): string {
  const judged = `${looks} ${looks === 1 ? 'look' : 'looks'}`;
  if (!isEqual)
    return `${runId} is NOT what is stored: ${found.length} ${found.length === 1 ? 'thing differs' : 'things differ'} in ${judged}.`;
  const gone = erased.tested + erased.trained;
  if (looks === 0) return `${runId}: nothing was judged, and its manifest is equal.`;
  return `${runId}: ${judged} recomputed, ${gone === 0 ? 'equal' : `equal except ${gone} erased`}.`;
}
