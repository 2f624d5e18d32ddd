import { expect, test } from 'vitest';
import { cutGiven, cutText, lastAnswerOf } from '../../../../training/text-generation/cut.ts';

/** Tokens that are their own places; learnt where the map has a letter. */
const text = (map: string) => ({
  ids: Array.from(map, (_, at) => at),
  learns: Array.from(map, (letter) => letter !== '.'),
});
const shown = ({ ids, learns }: { ids: readonly number[]; learns: readonly boolean[] }) =>
  ids.map((id, at) => `${id}${learns[at] ? '!' : ''}`).join(' ');

test('a text that fits is left as it is', () => {
  const cut = cutText(text('...aa'), 5);
  expect(cut).toEqual({ text: text('...aa'), given: 0, answer: 0 });
});

test('what was said first goes first, and the answer stays whole', () => {
  const cut = cutText(text('......aa'), 4);
  expect(shown(cut.text)).toBe('4 5 6! 7!');
  expect(cut).toMatchObject({ given: 4, answer: 0 });
});

test('of what is answered a quarter of the room is kept; then the answer loses its end, with its end token', () => {
  const cut = cutText(text('......aaaaaaaaaa'), 8);
  expect(shown(cut.text)).toBe('4 5 6! 7! 8! 9! 10! 11!');
  expect(cut).toMatchObject({ given: 4, answer: 4 });
});

test('an earlier answer goes before the last one is touched', () => {
  const cut = cutText(text('..aa..bb'), 5);
  expect(shown(cut.text)).toBe('3! 4 5 6! 7!');
  expect(shown(lastAnswerOf(cut.text))).toBe('3 4 5 6! 7!');
});

test('a prompt keeps its end', () => {
  expect(cutGiven([1, 2, 3, 4], 2)).toEqual([3, 4]);
  expect(cutGiven([1, 2], 5)).toEqual([1, 2]);
});
