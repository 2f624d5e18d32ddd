import { expect, test } from 'vitest';
import { labelStudioTasks, labelStudioView, readLabelStudio } from '../../../domain/label-studio.ts';
import { category, number, text } from '../../../domain/input.ts';
import { classification, generation, multiLabel, regression } from '../../../domain/task.ts';
import type { DeclaredTask } from '../../../domain/task.ts';
import type { QueueRow } from '../../../domain/teach.ts';
import { caught } from '../../support/caught.ts';

const now = Date.parse('2026-11-24T08:20:00.000Z');
const predictionId = '019a8f00-0000-7000-8000-000000000001';
const row = (answer: string, input: QueueRow['input'] = { message: 'Sunday costs more' }): QueueRow => ({
  predictionId,
  reason: 'unsure',
  because: 'a .5, b .5',
  worth: 1,
  version: 'v7',
  input,
  answer,
  scores: { [answer]: 0.41 },
  context: null,
  at: new Date(now).toISOString(),
  pickedAt: new Date(now).toISOString(),
  pickedBy: 'driftloop',
});
const reads = { message: text() };
const every: readonly [task: DeclaredTask, answer: string, said: unknown, kind: string][] = [
  [classification({ labels: ['a', 'b'] }), 'a', 'a', 'label'],
  [multiLabel({ labels: ['a', 'b', 'c'] }), '["a","c"]', ['a', 'c'], 'label'],
  [regression({ tolerance: 1 }), '48.25', 48.25, 'label'],
  [generation(), 'Good day', 'Good day', 'correction'],
];

test.each(every)('%o goes to Label Studio and comes back as it was', (task, answer, said, kind) => {
  const model = { name: 'm', task, input: reads };
  const [exported] = labelStudioTasks(model, [row(answer)]);
  expect(exported!.data).toMatchObject({ text: 'Sunday costs more', driftloop_prediction: predictionId });
  const { result } = exported!.predictions[0]!;
  // Whoever agrees with the prediction submits it as the annotation.
  const file = JSON.parse(
    JSON.stringify([
      {
        id: 1,
        ...exported,
        annotations: [
          {
            id: 17,
            completed_by: 1,
            result,
            was_cancelled: false,
            created_at: '2026-11-23T10:00:00.000000Z',
          },
        ],
      },
    ]),
  );
  const read = readLabelStudio(model, file, now);
  expect(read).toMatchObject({
    answers: [{ predictionId, kind, value: said, at: '2026-11-23T10:00:00.000Z' }],
    unanswered: 0,
    differing: 0,
  });
  expect(readLabelStudio(model, file, now + 1).answers.map(({ id }) => id)).toEqual(
    read.answers.map(({ id }) => id),
  );
});

test('the labelling interface fits: what is shown, and each label, written as XML wants it', () => {
  const labels = ['a & b', '<c>'];
  expect(labelStudioView({ task: classification({ labels }), input: reads })).toContain(
    '<Choice value="a &amp; b"/>',
  );
  expect(labelStudioView({ task: multiLabel({ labels }), input: reads })).toContain('choice="multiple"');
  const columns = { price: number(), plan: category(['x']) };
  expect(labelStudioView({ task: regression(), input: columns })).toContain(
    '<Table name="shown" value="$row"/>',
  );
  expect(
    labelStudioTasks({ name: 'm', task: regression(), input: columns }, [
      row('1', { price: 2, plan: 'x' }),
    ])[0]!.data,
  ).toMatchObject({ row: { price: 2, plan: 'x' } });
});

const model = { name: 'm', task: classification({ labels: ['a', 'b'] }) };
const choice = (label: unknown, more: object = {}) => ({
  result: [{ from_name: 'answer', to_name: 'shown', type: 'choices', value: { choices: [label] } }],
  ...more,
});
const task = (annotations: object[], data: object = {}) => ({
  data: { driftloop_prediction: predictionId, ...data },
  annotations,
});

test('cancelled and empty annotations are no answers; of several the newest counts, and that they differ is said', () => {
  const read = readLabelStudio(
    model,
    [
      task([choice('a', { was_cancelled: true })]),
      task([{ result: [] }]),
      task([
        choice('b', { id: 2, created_at: '2026-11-24T08:00:00Z' }),
        choice('a', { id: 1, created_at: '2026-11-23T08:00:00Z' }),
      ]),
    ],
    now,
  );
  expect(read).toMatchObject({ unanswered: 2, differing: 1 });
  expect(read.answers.map(({ value }) => value)).toEqual(['b']);
});

test.each([
  ['a text', 'nothing'],
  ['JSON-MIN', [{ text: 'x', answer: 'a' }]],
  ['no prediction', [{ data: { text: 'x' }, annotations: [choice('a')] }]],
  ['another model', [task([choice('a')], { driftloop_model: 'other' })]],
  ['a label that is none', [task([choice('c')])]],
  ['another control', [task([{ result: [{ type: 'rating', value: { rating: 4 } }] }])]],
])('a file with %s is refused with its place, and nothing of it is taken', (_, given) => {
  expect(caught(() => readLabelStudio(model, given, now))).toMatchObject({ code: 'DL_LABELS_UNREADABLE' });
});

test('a refusal ends once, and says which task has no annotations', () => {
  const message = (given: unknown) => (caught(() => readLabelStudio(model, given, now)) as Error).message;
  expect(message([task([choice('c')])])).toMatch(/"c" is nothing that a row can be\.$/);
  expect(message([task([choice('a')]), { data: {} }])).toMatch(/: task 2 of it has no annotations\.$/);
  expect(message('nothing')).toContain('the file: ');
});
