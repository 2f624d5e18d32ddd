import { expect, test } from 'vitest';
import { readAnswer, sayAnswers, textOfAnswer, truthOfText } from '../../../domain/answer-text.ts';
import { classification, generation, multiLabel, regression } from '../../../domain/task.ts';
import type { AnyOutput, DeclaredTask } from '../../../domain/task.ts';
import { isRight } from '../../../statistics/is-right.ts';

const topics = multiLabel({ labels: ['card', 'fee', 'loan'], codes: { 2: 'fee' } });
const rent = regression({ tolerance: 5 });

test.each<[string, DeclaredTask, string, string, boolean]>([
  ['a label is that label', classification({ labels: ['A', 'B'] }), 'A', 'A', true],
  ['and no other', classification({ labels: ['A', 'B'] }), 'A', 'B', false],
  ['a number may be off by the tolerance', rent, '10', '15', true],
  ['below, too', rent, '10', '5', true],
  ['but by no more', rent, '10', '15.001', false],
  ['without a tolerance it is exact', regression(), '10', '10.0', true],
  ['and nothing else', regression(), '10', '10.1', false],
  ['all labels and no other', topics, '["card","fee"]', '["card","fee"]', true],
  ['one too few is wrong', topics, '["card"]', '["card","fee"]', false],
  ['no labels are none', topics, '[]', '[]', true],
  ['with an overlap some may be missing', { ...topics, overlap: 0.5 }, '["card"]', '["card","fee"]', true],
  ['but not most', { ...topics, overlap: 0.5 }, '["card"]', '["card","fee","loan"]', false],
  ['a text is itself', generation(), 'Yes.', 'Yes.', true],
  ['or nearly', generation(), 'Your card will arrive on Monday.', 'Your card will arrive on Monday!', true],
  ['and not another', generation(), 'Your card is lost.', 'Please call the bank today.', false],
  ['as alike as is asked', generation({ alike: 0.1 }), 'your card is lost', 'your card was found', true],
])('%s', (_, task, answer, truth, right) => {
  expect(isRight(task, answer, truth)).toBe(right);
});

test('how alike two texts are is taken from whoever knows it, and asked by nobody where they are the same', () => {
  const [near, far, unasked] = [0.8, 0.79, NaN].map((likeness) => () => likeness);
  expect(isRight(generation(), 'any', 'other', near)).toBe(true);
  expect(isRight(generation(), 'any', 'other', far)).toBe(false);
  expect(isRight(generation(), 'same', 'same', unasked)).toBe(true);
});

test('an answer and its text are one and the same, whatever the task', () => {
  const answers: [DeclaredTask, AnyOutput, string, string | number | string[]][] = [
    [classification({ labels: ['A'], codes: { 0: 'A' } }), { label: '0', scores: {} }, 'A', 'A'],
    [topics, { labels: ['loan', '2', 'loan'], scores: {} }, '["fee","loan"]', ['fee', 'loan']],
    [rent, { value: 12.5 }, '12.5', 12.5],
    [generation(), { text: 'It is "here".' }, 'It is "here".', 'It is "here".'],
  ];
  for (const [task, answer, text, truth] of answers) {
    expect(textOfAnswer(task, answer)).toBe(text);
    expect(truthOfText(task, text)).toEqual(truth);
  }
});

test('labels stand in the order that the database gives them', () => {
  const spam = multiLabel({ labels: ['spam', 'spam link'] });
  expect(readAnswer(spam, { labels: ['spam', 'spam link'], scores: {} })).toBe('["spam link","spam"]');
});

test("what is no answer to a task is none: another task's, an unknown label, no number", () => {
  expect(readAnswer(rent, { label: 'A', scores: {} })).toBeNull();
  expect(readAnswer(rent, { value: NaN })).toBeNull();
  expect(readAnswer(topics, { labels: ['card', 'lost'], scores: {} })).toBeNull();
  expect(readAnswer(generation(), { value: 1 })).toBeNull();
  expect(() => textOfAnswer(rent, { text: 'ten' })).toThrow('no answer to the task "regression"');
  expect(sayAnswers(topics)).toBe('a list of the labels card, fee, loan');
});
