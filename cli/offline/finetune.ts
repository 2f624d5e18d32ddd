import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { renderReport } from '../../console/report/render-report.tsx';
import { sayKept } from '../../domain/kept.ts';
import { learntNothing } from '../../domain/golden.ts';
import { imageOf } from '../../domain/input.ts';
import type { EpochScore } from '../../domain/run.ts';
import { sha256OfFile } from '../../infra/artifacts/digest.ts';
import { learnMore, readLearnt, writeLearnt } from '../../training/learnt-file.ts';
import { rarestLabel } from '../../training/rarest-label.ts';
import { splitValidation } from '../../training/split-validation.ts';
import type { Answer } from '../output.ts';
import { problemOf, refuseKeepingOthers } from './base-labels.ts';
import { checkLeakage, refuseUnteachable } from './checks.ts';
import { chooseTask, doerOf, refuseUnfitWish, withTask } from './choose-task.ts';
import { declaredModel } from './declared-model.ts';
import type { Declared } from './declared-model.ts';
import { findSuspects } from './find-suspects.ts';
import { inspectRows } from './inspect-rows.ts';
import { describeRun } from './describe-run.ts';
import type { Prepared } from './describe-run.ts';
import { loopRows } from './loop-rows.ts';
import { metricsLine, sayScores } from './metrics-line.ts';
import type { CommonSettings, DataOptions, OfflineTask, TaskKind, Trained, Wish } from './offline-task.ts';
import { refuseFullFolder, writeWhole } from './out-folder.ts';
import { withOldLabels } from './old-labels.ts';
import { oldSituation } from '../../training/classification/old-situation.ts';
import { readOldRows, refuseKeepingNothing } from './old-rows.ts';
import type { OldFiles } from './old-rows.ts';
import { sayRows, saySettings, sayTrained } from './say-plan.ts';
import { scoreName } from './score-name.ts';
import { refuseUnsearchable, searchOffline } from './search-settings.ts';
import { baseLineage } from '../../infra/hub/base-lineage.ts';
import type { TakenBase } from '../../infra/hub/base-lineage.ts';
import { byName, takeBase } from './take-base.ts';
import { atTerminal } from './attended.ts';
import type { Attended } from './attended.ts';
import { wishOf } from './wish.ts';
import type { WishOptions } from './wish.ts';
import { shellWord } from '../shell-word.ts';

export type FinetuneOptions = DataOptions &
  WishOptions &
  OldFiles & {
    test: string;
    out: string;
    config?: string;
    model?: string;
    task?: TaskKind;
  };

const METRICS_FILE = 'metrics.json';
const REPORT_FILE = 'report.html';

/** What a training came to: scores on the test file, seconds, memory, parameters. */
export type FinetuneAnswer = ReturnType<typeof metricsLine>;

/** `driftloop finetune`: from two files to a folder with a version, what it scores on the test file, and a report. */
export async function finetune(
  options: FinetuneOptions,
  attended: Attended = atTerminal,
): Promise<Answer<FinetuneAnswer>> {
  await refuseFullFolder(options.out);
  const declared = await declaredModel(options);
  const wished = wishOf(options, declared);
  const doer = doerOf(await chooseTask(options, declared), declared, wished.base);
  const wish = doer.program ? { ...wished, base: null } : wished;
  return withTask(doer, async (task) => {
    refuseUnfitWish(task, wish);
    refuseUnsearchable(task, wish);
    refuseKeepingNothing(options, wish.base);
    const prepared = await prepare(task, options, { declared, wish });
    return attended.during((signal) => run(task, prepared, wish, { ...attended, signal }));
  });
}

/** Everything that is read and decided before a training begins. */
async function prepare<Input, Settings extends CommonSettings>(
  task: OfflineTask<Input, Settings>,
  options: FinetuneOptions,
  { declared, wish }: { declared: Declared | null; wish: Wish },
): Promise<Prepared<Input, Settings>> {
  let taken: Promise<TakenBase> | null = null;
  const take = async () => (wish.base === null ? null : await (taken ??= takeBase(wish.base)));
  const first = await task.describe(options, declared, async () => (await take())?.folder ?? null);
  const read = await task.read(options.train, first);
  refuseUnteachable(options.train, first.columns.label, read);
  // A mistake in the training file is told before a base is fetched; what the test file may say, the base knows too.
  const base = await take();
  if (base) await refuseKeepingOthers(base, first, options, wish.fineTune);
  const described = await withOldLabels(task, first, { base, declared, options });
  const test = await task.read(options.test, described);
  const leakage = checkLeakage(options, read, test);
  const { card, kept: rows } = inspectRows(task, described, { train: read, test });
  const old = base && (await readOldRows(task, described, options, base.folder));
  const labels = rows.flatMap((row) => row.labels);
  const situation =
    base &&
    (await oldSituation(
      base.folder,
      { labels, problem: problemOf(described) },
      {
        rows: old?.rehearse.length ?? 0,
        golden: old?.golden.length ?? 0,
      },
    ));
  const { fineTune, settings } = await task.recommend(rows, described, {
    ...wish,
    base: base?.folder ?? null,
    old: situation,
  });
  const split = splitValidation(rows, {
    share: fineTune.validationShare,
    seed: fineTune.seed,
    // Rows without labels, such as numbers, are drawn from all at once.
    labelOf: rarestLabel(rows),
  });
  const said = { fineTune, settings: byName(settings, base), search: null };
  return {
    files: options,
    described,
    ...split,
    test,
    leakage,
    card,
    base,
    old,
    oldSituation: situation,
    ...said,
  };
}

/** Says what is there to learn from, and searches for settings where that is wished. */
async function decide<Input, Settings extends CommonSettings>(
  task: OfflineTask<Input, Settings>,
  prepared: Prepared<Input, Settings>,
  { fineTune: wish }: Wish,
  { say, signal }: Going,
): Promise<Prepared<Input, Settings>> {
  for (const sentence of sayRows(prepared)) say(sentence);
  if (wish.method !== 'search') return prepared;
  const base = prepared.base?.folder ?? null;
  const found = await searchOffline(task, prepared, { wish, base, say, signal });
  return { ...prepared, ...found, settings: byName(found.settings, prepared.base) };
}

/** A training that goes on: who hears of it, and what ends it. */
type Going = Pick<Attended, 'say' | 'view'> & { signal: AbortSignal };

async function run<Input, Settings extends CommonSettings>(
  task: OfflineTask<Input, Settings>,
  begun: Prepared<Input, Settings>,
  wish: Wish,
  going: Going,
): Promise<Answer<FinetuneAnswer>> {
  const { out } = begun.files;
  return writeWhole(out, async (folder) => {
    const prepared = await decide(task, begun, wish, going);
    const curve: EpochScore[] = [];
    const trained = await train(task, prepared, { folder, curve, ...going });
    const version = await task.open(folder);
    const evaluation = await task.test(version, prepared);
    const suspects = await findSuspects(task, version, prepared.validation);
    going.signal.throwIfAborted();
    const line = metricsLine(evaluation, trained);
    const columns = task.columns(prepared.train, prepared.described);
    const data = describeRun(prepared, trained, {
      columns,
      curve,
      evaluation,
      suspects,
      madeAt: new Date().toISOString(),
    });
    await writeFile(path.join(folder, METRICS_FILE), `${JSON.stringify({ ...line, ...data }, null, 2)}\n`);
    await writeFile(path.join(folder, REPORT_FILE), await renderReport(data));
    await keepLearnt(folder, prepared);
    return {
      json: line,
      text: `${sayScores(evaluation)}\n${trained.kept ? `${sayKept(trained.kept)}\n` : ''}The version, ${METRICS_FILE} and ${REPORT_FILE} are in ${out}.`,
      next: `driftloop predict --artifact ${shellWord(out)} --data FILE`,
    };
  });
}

/** What was learnt from, for whoever imports the version or tests it. */
async function keepLearnt<Input, Settings extends CommonSettings>(
  folder: string,
  { described: { model }, train, validation, base, old, leakage }: Prepared<Input, Settings>,
): Promise<void> {
  const learnt = [...train, ...validation, ...(old?.rehearse ?? []), ...(old?.golden ?? [])];
  const rows = await loopRows(
    model,
    learnt.map(({ input }) => input),
  );
  const before = base === null ? learntNothing : await readLearnt(base.folder);
  const known = learnMore(before, model.input, rows);
  // The same image may come to the loop in other bytes: what is listed of images is not all that may be met there.
  const isWhole = known.isWhole && imageOf(model.input) === null;
  // Rows that came twice are learnt once; how often they meet is seen before that.
  const byChance = Math.max(known.byChance ?? 0, leakage.byChance);
  await writeLearnt(folder, { ...known, isWhole, byChance });
}

async function train<Input, Settings extends CommonSettings>(
  task: OfflineTask<Input, Settings>,
  prepared: Prepared<Input, Settings>,
  to: Going & { folder: string; curve: EpochScore[] },
): Promise<Trained> {
  const { files, described, base, old, fineTune } = prepared;
  const { label, time } = described.columns;
  const view = to.view({ batchSize: fineTune.batchSize, score: scoreName(described) });
  try {
    for (const sentence of saySettings(prepared)) view.say(sentence);
    const trained = await task.train({
      described,
      fineTune,
      train: prepared.train,
      validation: prepared.validation,
      old,
      outFolder: to.folder,
      lineage: {
        begunBy: 'finetune',
        label,
        ...(time === undefined ? {} : { time }),
        trainSha256: await sha256OfFile(files.train),
        validationShare: String(fineTune.validationShare),
        seed: String(fineTune.seed),
        ...(base && (await baseLineage(base))),
      },
      onProgress: (progress) => view.show(progress),
      onEpoch(score) {
        to.curve.push(score);
        view.scored(score);
      },
      signal: to.signal,
    });
    for (const sentence of sayTrained(trained)) view.say(sentence);
    return trained;
  } finally {
    view.close();
  }
}
