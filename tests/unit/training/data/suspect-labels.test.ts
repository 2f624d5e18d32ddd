import { expect, test } from 'vitest';
import { suspectLabels, suspectLabelSets } from '../../../../training/data/suspect-labels.ts';
import { random } from '../../../../training/random.ts';

const names = ['a', 'b', 'c'];

test('labels that a model is as sure are others as it usually is are found, surest first, and no more', () => {
  const chance = random(5);
  const truth = Array.from({ length: 300 }, (_, i) => i % 3);
  const flipped = new Set([7, 50, 123, 200, 271]);
  const labels = truth.map((label, i) => (flipped.has(i) ? (label + 1) % 3 : label));
  const scores = truth.map((label, i) => {
    const rest = 0.1 + (flipped.has(i) ? 0 : 0.15 * chance.uniform());
    const share = chance.uniform();
    return names.map((_, c) => (c === label ? 1 - rest : rest * (c === (label + 1) % 3 ? share : 1 - share)));
  });
  const suspects = suspectLabels(scores, labels, names);
  expect(new Set(suspects.map(({ index }) => index))).toEqual(flipped);
  for (const { index, given, suggested } of suspects)
    expect([given, suggested]).toEqual([names[labels[index]!], names[truth[index]!]]);
  const margins = suspects.map(({ margin }) => margin);
  expect(margins).toEqual([...margins].sort((a, b) => b - a));
});

test('where a model is never sure of a label, less will do; and one that no example has is not suggested', () => {
  const labels = [0, 0, 1, 1];
  const scores = [
    [0.9, 0.05, 0.05],
    [0.45, 0.5, 0.05],
    [0.6, 0.35, 0.05],
    [0.01, 0.04, 0.95],
  ];
  // "b" is right at .195 on average, so .5 is more than usual; "a" is right at .675, so .6 is not.
  expect(suspectLabels(scores, labels, names)).toEqual([
    { index: 1, given: 'a', suggested: 'b', margin: expect.closeTo(0.05, 9) as number },
  ]);
});

test('where there may be many labels, each is spoken against by itself, and all of a row are turned round at once', () => {
  const given = [[0], [0], [1], [1], [0, 1], []];
  const scores = [
    [0.9, 0.1],
    [0.9, 0.2],
    [0.2, 0.9],
    [0.1, 0.8],
    // Said to have both, and likely to have none.
    [0.05, 0.05],
    // Said to have none, and likely to have the second.
    [0.1, 0.9],
  ];
  expect(suspectLabelSets(scores, given, ['card', 'fee'])).toEqual([
    { index: 4, given: ['card', 'fee'], suggested: [], margin: expect.closeTo(0.9, 9) as number },
    { index: 5, given: [], suggested: ['fee'], margin: expect.closeTo(0.8, 9) as number },
  ]);
});
