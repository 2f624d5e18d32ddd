import { expect, test } from 'vitest';
import { random } from '../../../../training/random.ts';
import { dropWords } from '../../../../training/text-classification/drop-words.ts';

const words = 2_000;
const text = {
  ids: [1, ...Array.from({ length: words }, (_, i) => 10 + i), 2],
  types: [0, ...Array.from({ length: words }, (_, i) => i % 2), 1],
  special: [true, ...Array.from({ length: words }, () => false), true],
};

test('so many words are left out, others each time; the rest keeps its order and what belongs to it', () => {
  const [left, other] = [1, 2].map((seed) => dropWords(text, 0.3, random(seed)));
  expect(left!.ids.length / words).toBeCloseTo(0.7, 1);
  expect(left!.ids).not.toEqual(other!.ids);
  expect(dropWords(text, 0.3, random(1))).toEqual(left);
  expect(left!.ids).toEqual(left!.ids.toSorted((a, b) => (a === 2 ? 1 : b === 2 ? -1 : a - b)));
  for (const [i, id] of left!.ids.slice(1, -1).entries()) expect(left!.types[i + 1]).toBe(id % 2);
});

test('what stands around a text stays, and a text of which nothing would be left', () => {
  const short = { ids: [1, 10, 11, 2], types: [0, 0, 0, 0], special: [true, false, false, true] };
  expect(dropWords(short, 1, random(1))).toBe(short);
  for (let seed = 0; seed < 20; seed += 1) {
    const { ids } = dropWords(short, 0.5, random(seed));
    expect([ids[0], ids.at(-1)]).toEqual([1, 2]);
    expect(ids.length).toBeGreaterThan(2);
  }
});
