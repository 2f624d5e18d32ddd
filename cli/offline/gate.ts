import { stat } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { count } from '../../domain/count.ts';
import type { ErrorCode } from '../../domain/error-codes.ts';
import { DriftloopError } from '../../domain/errors.ts';
import { gateSchema, type GateConfig } from '../../domain/gate-config.ts';
import type { InputRow } from '../../domain/input.ts';
import { textOfLabels } from '../../domain/answer-text.ts';
import { labelsOfTask } from '../../domain/task.ts';
import type { Verdict } from '../../domain/verdict.ts';
import type { AnyOutput, DeclaredTask } from '../../domain/task.ts';
import { filesOf } from '../../infra/artifacts/digest.ts';
import { mcnemar } from '../../statistics/mcnemar.ts';
import type { Pairs } from '../../statistics/sequential/paired-difference.ts';
import { answeredRows, pairsOf, type AnsweredRows, type GateRow } from '../../training/gate/answered-rows.ts';
import { p99Of, TIMED_ROWS, type MeasuredArtifact } from '../../training/gate/artifact-checks.ts';
import type { Check } from '../../training/gate/check.ts';
import { fixOfVerdict } from '../../training/gate/fix-of-verdict.ts';
import { noGolden, type Golden } from '../../training/gate/golden-checks.ts';
import { judgeGate, type GateReport } from '../../training/gate/judge-gate.ts';
import type { MetLessons } from '../../training/gate/lineage-checks.ts';
import { findLeakage } from '../../training/leakage.ts';
import { learntDigits, readLearnt } from '../../training/learnt-file.ts';
import { chosenModel } from './declared-model.ts';
import { table, type Answer } from '../output.ts';
import { doerOfArtifact, withTask } from './choose-task.ts';
import { loopRows } from './loop-rows.ts';
import type { Answering, CommonSettings, Example, OfflineTask } from './offline-task.ts';

export type GateOptions = {
  champion: string;
  challenger: string;
  test: string;
  label: string;
  entity?: string;
  pinned?: string;
  config?: string;
  model?: string;
};

/** What a program reads of a comparison. */
export type GateAnswer = {
  verdict: Verdict['kind'];
  sentence: string;
  labelsNeeded: number | null;
  /** Of the verdict, where docs/reference/errors.md has more about it. */
  code?: ErrorCode;
  /** Where the verdict is no promotion and something can be done. */
  fix?: string;
  checks: ReturnType<typeof asJson>[];
  /** Rows that only one of the two got right, with McNemar’s test: of a single look, shown and never the verdict. */
  discordant: { wins: number; losses: number; exactP: number; midP: number };
};

/** The same rows give the same intervals. */
const SEED = 1;

/** `driftloop gate`: may this challenger take the champion's place? One look, at rows that neither was trained on. */
export async function gate({
  champion,
  challenger,
  test,
  ...options
}: GateOptions): Promise<Answer<GateAnswer>> {
  const from = await doerOfArtifact(champion, options);
  const to = await doerOfArtifact(challenger, options);
  if (from.kind !== to.kind)
    throw unfit(`${champion} was trained for ${from.kind} data, ${challenger} for ${to.kind} data`);
  const declared = await chosenModel(options);
  const terms = declared?.gate ?? gateSchema.parse({});
  return withTask(from, (theirs) =>
    withTask(to, async (ours) => {
      const labels = { label: options.label, ...(options.entity ? { entity: options.entity } : {}) };
      const asks = declared?.task ?? null;
      const before = await opened(theirs, champion, { labels, asks });
      const after = await opened(ours, challenger, { labels, asks });
      refuseOtherLabels(before.task, after.task);
      const rows = await answerBoth(before, after, test);
      const pinned = options.pinned === undefined ? null : await answerBoth(before, after, options.pinned);
      const golden =
        pinned === null
          ? noGolden
          : { ...noGolden, pinned, learnt: await knowsPinned(after, options.pinned!) };
      const lineage = {
        rows: rows.rows.length,
        challenger: await after.lessons(test),
        champion: await before.lessons(test),
      };
      const artifact = await measure(challenger, after, test, terms);
      const report = judgeGate(
        {
          test: rows,
          evidence: rows,
          golden,
          artifact,
          lineage,
        },
        terms,
        { kind: 'strict', look: 'only', seed: SEED },
      );
      return answerOf(report, pairsOf(rows, rows.independent));
    }),
  );
}

function answerOf(report: GateReport, { wins, losses }: Pairs): Answer<GateAnswer> {
  const { verdict, labelsNeeded, checks } = report;
  const { kind, sentence } = verdict;
  const code = 'code' in verdict ? verdict.code : undefined;
  const fix = fixOfVerdict(report);
  const discordant = { wins, losses, ...mcnemar(wins, losses) };
  return {
    json: {
      verdict: kind,
      sentence,
      labelsNeeded,
      ...(code === undefined ? {} : { code }),
      ...(fix === null ? {} : { fix }),
      checks: checks.map(asJson),
      discordant,
    },
    text: [
      sentence,
      ...(fix === null ? [] : [`fix: ${fix}`]),
      `\n${checkTable(checks)}\n`,
      ...unknownTo(checks),
      sayMcNemar(discordant),
    ].join('\n'),
  };
}

/** Beside the verdict, which may be asked again: a p-value of one look. */
const sayMcNemar = ({ wins, losses, exactP, midP }: GateAnswer['discordant']): string =>
  `The challenger alone was right on ${count(wins)} rows, the champion alone on ${count(losses)}: ` +
  `McNemar's test says p = ${pValue(exactP)} (exact) or ${pValue(midP)} (mid-p), shown beside the verdict.`;

const pValue = (p: number): string => (p < 0.0001 ? p.toExponential(1) : String(Number(p.toPrecision(2))));

/** What a table cannot say: of whose lessons nothing is known. */
const unknownTo = (checks: readonly Check[]): string[] =>
  checks.flatMap(({ name, result, sentence }) =>
    name.startsWith('lineage.') && result === 'reported' ? [sentence] : [],
  );

/** Whether a version has learnt from cases that must be answered right: from those it may not. */
async function knowsPinned(version: Opened, file: string): Promise<Golden['learnt']> {
  const { met, isWhole } = await version.lessons(file);
  return { rows: met, isWhole };
}

type Opened = {
  task: DeclaredTask;
  read(file: string): Promise<GateRow[]>;
  answer(file: string): Promise<AnyOutput[]>;
  /** How many rows of a file it has learnt from, as far as its folder says. */
  lessons(file: string): Promise<MetLessons>;
  /** Milliseconds of one row's answer, for each of the first rows of a file. */
  time(file: string, rows: number): Promise<number[]>;
};

/** A version with the rows that it reads, whatever they are. */
async function opened<Input, Settings extends CommonSettings>(
  task: OfflineTask<Input, Settings>,
  folder: string,
  { labels: columns, asks }: { labels: { label: string; entity?: string }; asks: DeclaredTask | null },
): Promise<Opened> {
  const version: Answering<Input> = await task.open(folder);
  const { model } = version;
  // The config says when an answer is right; a version may have been trained without.
  const judged = asks?.kind === model.task.kind ? asks : model.task;
  if (judged.kind === 'regression' && judged.tolerance === undefined) throw noTolerance(folder);
  const files = new Map<string, Promise<Example<Input>[]>>();
  const rowsOf = (file: string) => {
    const rows = files.get(file) ?? task.read(file, { model, columns });
    files.set(file, rows);
    return rows;
  };
  const answer = async (inputs: readonly Input[]) => (await version.answer(inputs)) as AnyOutput[];
  const truthOf = ({ label, labels }: Example<Input>): string =>
    judged.kind === 'multi-label' ? textOfLabels(judged, labels)! : label;
  return {
    task: judged,
    async read(file) {
      const columnsOf = task.columnsOf?.bind(task);
      return (await rowsOf(file)).map((example) => ({
        label: truthOf(example),
        ...(task.kind === 'image' ? {} : { input: columnsOf ? columnsOf(example) : asRow(example.input) }),
        ...(example.entity === undefined ? {} : { entity: example.entity }),
      }));
    },
    async lessons(file) {
      const { rows: known, isWhole, byChance = 0 } = await readLearnt(folder);
      const learnt = new Set(known);
      const inputs = (await rowsOf(file)).map(({ input }) => input);
      const rows = learnt.size === 0 ? [] : await loopRows(model, inputs);
      const digits = rows.map((row) => learntDigits(model.input, row));
      const met = digits.filter((one) => learnt.has(one)).length;
      // As often as test rows meet each other they meet those of a training, of which there may be more or fewer.
      const amongTest = findLeakage(digits, []).byChance * (learnt.size / Math.max(1, digits.length));
      return { met, isWhole, byChance: Math.min(1, Math.max(byChance, amongTest)) };
    },
    answer: async (file) => answer((await rowsOf(file)).map(({ input }) => input)),
    async time(file, rows) {
      const inputs = (await rowsOf(file)).slice(0, rows).map(({ input }) => input);
      const times: number[] = [];
      for (const input of inputs) {
        const begun = performance.now();
        await answer([input]);
        times.push(performance.now() - begun);
      }
      return times;
    },
  };
}

const asRow = (input: unknown): InputRow =>
  typeof input === 'object' && input !== null ? (input as InputRow) : {};

async function answerBoth(before: Opened, after: Opened, file: string): Promise<AnsweredRows> {
  const rows = await after.read(file);
  return answeredRows(after.task, rows, await after.answer(file), await before.answer(file));
}

/** A version that knows other labels answers another question. */
function refuseOtherLabels(before: DeclaredTask, after: DeclaredTask): void {
  if (before.kind !== after.kind) throw unfit(`one is a ${before.kind}, the other a ${after.kind}`);
  const known = labelsOfTask(after);
  const other = labelsOfTask(before).find((label) => !known.includes(label));
  if (other !== undefined)
    throw unfit(`the champion knows the label "${other}", and the challenger does not`);
}

const unfit = (because: string) =>
  new DriftloopError('DL_GATE_UNFIT', `These two versions cannot be compared: ${because}.`, {
    fix: 'Name two versions of one model: for the same task and the same kind of data, with the same labels.',
  });

const noTolerance = (folder: string) =>
  new DriftloopError(
    'DL_GATE_UNFIT',
    `The version in ${folder} answers numbers, and nothing says how far off a good one may be.`,
    { fix: 'Name a config that says so, with --config FILE: regression({ tolerance: 5 }).' },
  );

async function measure(
  folder: string,
  version: Opened,
  test: string,
  { artifact }: GateConfig,
): Promise<MeasuredArtifact> {
  const bytes = await bytesOf(folder);
  if (artifact.p99MsAtMost === undefined) return { bytes, p99Ms: null };
  await version.time(test, TIMED_ROWS / 10);
  return { bytes, p99Ms: p99Of(await version.time(test, TIMED_ROWS)) };
}

async function bytesOf(folder: string): Promise<number> {
  const sizes = await Promise.all(
    (await filesOf(folder)).map(async (file) => (await stat(path.join(folder, file))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

const asJson = ({ name, value, interval, bound, result, rows, sentence, labelsNeeded, code }: Check) => ({
  name,
  value,
  interval,
  bound,
  result,
  rows,
  sentence,
  ...(labelsNeeded === undefined ? {} : { labelsNeeded }),
  ...(code === undefined ? {} : { code }),
});

const RESULTS = { pass: 'holds', fail: 'broken', hold: 'open', reported: 'reported' } as const;

function checkTable(checks: readonly Check[]): string {
  const number = (value: number | null) => (value === null ? '' : String(Number(value.toPrecision(3))));
  return table([
    ['check', 'value', 'between', 'bound', 'result'],
    ...checks.map(({ name, value, interval, bound, result }) => [
      name,
      number(value),
      interval === null ? '' : `${number(interval.low)} … ${number(interval.high)}`,
      number(bound),
      RESULTS[result],
    ]),
  ]);
}
