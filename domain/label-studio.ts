import { z } from 'zod';
import { labelsOfText } from './answer-text.ts';
import { DriftloopError } from './errors.ts';
import { imageOf, readsText } from './input.ts';
import type { InputRow } from './input.ts';
import type { ModelConfig } from './model-config.ts';
import type { DeclaredTask } from './task.ts';
import { readTeachValue } from './teach-answer.ts';
import type { QueueRow, TeachAnswer } from './teach.ts';

/**
 * Tasks of Label Studio, as its documentation has them: `data` to be shown, `predictions` to begin with, `annotations` when
 * somebody has answered. What it exports ("JSON") is read back; "JSON-MIN" has lost who answered what, and is not.
 *
 * Source: https://labelstud.io/guide/tasks and https://labelstud.io/guide/export
 */
type LabelStudioModel = Pick<ModelConfig, 'name' | 'task' | 'input'>;

const FROM = 'answer';
const TO = 'shown';
/** Where a task says which prediction it is about: `data` is what comes back whatever one exports. */
const ID = 'driftloop_prediction';

type Result = { from_name: string; to_name: string; type: string; value: Record<string, unknown> };
export type LabelStudioTask = {
  data: Record<string, unknown>;
  predictions: { model_version: string; score?: number; result: Result[] }[];
};

export const labelStudioTasks = (
  { name, task, input }: LabelStudioModel,
  rows: readonly QueueRow[],
): LabelStudioTask[] =>
  rows.map((row) => ({
    data: {
      ...shownOf(input, row.input),
      [ID]: row.predictionId,
      driftloop_model: name,
      driftloop_reason: row.reason,
      driftloop_because: row.because,
    },
    predictions: [
      {
        model_version: row.version,
        ...(row.scores[row.answer] === undefined ? {} : { score: row.scores[row.answer]! }),
        result: [{ from_name: FROM, to_name: TO, ...resultOf(task, row.answer) }],
      },
    ],
  }));

/** Of a table its row, else the one thing that there is. */
function shownOf(input: ModelConfig['input'], row: InputRow): Record<string, unknown> {
  const image = imageOf(input);
  if (image !== null) return { image: row[image.name] };
  if (readsText(input)) return { text: row[Object.keys(input)[0]!] };
  return { row };
}

function resultOf(task: DeclaredTask, answer: string): Pick<Result, 'type' | 'value'> {
  switch (task.kind) {
    case 'classification':
      return { type: 'choices', value: { choices: [answer] } };
    case 'multi-label':
      return { type: 'choices', value: { choices: labelsOfText(answer) } };
    case 'regression':
      return { type: 'number', value: { number: Number(answer) } };
    case 'generation':
      return { type: 'textarea', value: { text: [answer] } };
    default:
      return task satisfies never;
  }
}

/** The labelling interface that fits these tasks, to be pasted into a project's settings. */
export function labelStudioView({ task, input }: Pick<LabelStudioModel, 'task' | 'input'>): string {
  const shown =
    imageOf(input) !== null
      ? `<Image name="${TO}" value="$image"/>`
      : readsText(input)
        ? `<Text name="${TO}" value="$text"/>`
        : `<Table name="${TO}" value="$row"/>`;
  return ['<View>', `  ${shown}`, ...controlOf(task).map((line) => `  ${line}`), '</View>', ''].join('\n');
}

function controlOf(task: DeclaredTask): string[] {
  const to = `name="${FROM}" toName="${TO}"`;
  switch (task.kind) {
    case 'classification':
    case 'multi-label':
      return [
        `<Choices ${to} choice="${task.kind === 'classification' ? 'single' : 'multiple'}">`,
        ...task.labels.map((label) => `  <Choice value="${escaped(label)}"/>`),
        '</Choices>',
      ];
    case 'regression':
      return [`<Number ${to}/>`];
    case 'generation':
      return [`<TextArea ${to} editable="true" maxSubmissions="1"/>`];
    default:
      return task satisfies never;
  }
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) => text.replaceAll(/[&<>"]/g, (one) => entities[one]!);

const annotation = z.looseObject({
  id: z.union([z.number(), z.string()]).optional(),
  was_cancelled: z.boolean().optional(),
  created_at: z.string().optional(),
  updated_at: z.string().optional(),
  result: z.array(z.looseObject({ type: z.string(), value: z.record(z.string(), z.unknown()) })),
});
const tasksSchema = z.array(
  z.looseObject({
    data: z.record(z.string(), z.unknown()),
    annotations: z.array(annotation),
  }),
);

export type LabelStudioAnswers = Readonly<{
  answers: readonly TeachAnswer[];
  /** Tasks that nobody has answered, or whose answer was cancelled. */
  unanswered: number;
  /** Tasks that several have answered, and not alike: the newest word is taken. */
  differing: number;
}>;

/**
 * What people said in Label Studio. The same file again gives the same answers, with the same ids.
 *
 * @throws DL_LABELS_UNREADABLE, with the place of what is wrong; then nothing of the file is taken
 */
export function readLabelStudio(
  { name, task }: Pick<LabelStudioModel, 'name' | 'task'>,
  given: unknown,
  now: number,
): LabelStudioAnswers {
  const parsed = tasksSchema.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const [at, field] = issue!.path;
    const hasNone =
      typeof at === 'number' &&
      field === 'annotations' &&
      issue!.path.length === 2 &&
      (given as Record<string, unknown>[])[at]!['annotations'] === undefined;
    throw unreadable(
      hasNone
        ? `task ${at + 1} of it has no annotations`
        : `${issue!.path.join('.') || 'the file'}: ${issue!.message}`,
      'Export as "JSON" in Label Studio, which has the annotations; "JSON-MIN" and CSV have not.',
    );
  }
  const answers: TeachAnswer[] = [];
  let [unanswered, differing] = [0, 0];
  for (const [at, { data, annotations }] of parsed.data.entries()) {
    const predictionId = z.uuid().safeParse(data[ID]);
    if (!predictionId.success)
      throw unreadable(
        `${at}.data.${ID}: is no prediction`,
        'Import tasks that "driftloop label export" has written, and keep their data.',
      );
    if (data['driftloop_model'] !== undefined && data['driftloop_model'] !== name)
      throw unreadable(
        `${at}: is a task of ${JSON.stringify(data['driftloop_model'])}, not of ${name}`,
        'Name the other model.',
      );
    const said = annotations
      .filter(({ was_cancelled, result }) => was_cancelled !== true && result.length > 0)
      .map((one) => ({ one, time: timeOf(one, now) }))
      .toSorted((a, b) => a.time - b.time);
    const newest = said.at(-1);
    if (newest === undefined) {
      unanswered += 1;
      continue;
    }
    const values = said.map(({ one }) => valueOf(task, one.result, `${at}.annotations`));
    if (new Set(values.map((value) => JSON.stringify(value))).size > 1) differing += 1;
    const value = values.at(-1);
    answers.push({
      id: `label-studio ${predictionId.data} ${newest.one.id ?? JSON.stringify(value).slice(0, 40)}`.slice(
        0,
        100,
      ),
      predictionId: predictionId.data,
      kind: task.kind === 'generation' ? 'correction' : 'label',
      value,
      at: new Date(newest.time).toISOString(),
    });
  }
  return { answers, unanswered, differing };
}

function timeOf({ updated_at, created_at }: z.infer<typeof annotation>, now: number): number {
  const ms = Date.parse(updated_at ?? created_at ?? '');
  return Number.isFinite(ms) ? Math.min(ms, now) : now;
}

const types = {
  classification: 'choices',
  'multi-label': 'choices',
  regression: 'number',
  generation: 'textarea',
} as const;

function valueOf(task: DeclaredTask, result: z.infer<typeof annotation>['result'], at: string): unknown {
  const wanted = types[task.kind];
  const found = result.find(({ type }) => type === wanted);
  if (found === undefined)
    throw unreadable(
      `${at}: has ${result.map(({ type }) => type).join(', ')}, and no ${wanted}`,
      `Label with the interface that "driftloop label export" writes: a ${task.kind} is answered by ${wanted}.`,
    );
  const raw = found.value[wanted === 'textarea' ? 'text' : wanted];
  const value = task.kind === 'multi-label' || !Array.isArray(raw) ? raw : (raw as unknown[])[0];
  try {
    return readTeachValue(task, 'label', value);
  } catch (error) {
    if (!(error instanceof DriftloopError)) throw error;
    throw unreadable(`${at}: ${error.message.replace(/\.$/, '')}`, error.fix);
  }
}

const unreadable = (message: string, fix: string) =>
  new DriftloopError('DL_LABELS_UNREADABLE', `This is no file of answers from Label Studio: ${message}.`, {
    fix,
  });
