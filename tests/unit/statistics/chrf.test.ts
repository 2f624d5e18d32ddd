import { expect, test } from 'vitest';
import { chrf } from '../../../statistics/chrf.ts';

test.each([
  ['The cat sat on the mat.', 'The cat is on the mat.', 0.6717273492330232],
  ['blue', 'blue', 1],
  ['blue', 'green', 0.05208333333333334],
  ['ab', 'abcdefgh', 0.23404255319148937],
  ['a  b c', 'abc', 1],
  ['', 'abc', 0],
  ['Der Hund lief weg', 'Der Hund ist weggelaufen', 0.34270041144076496],
  ['naïve café ☕', 'naive cafe ☕', 0.36382275132275127],
])('"%s" beside "%s" is as alike as sacreBLEU 2.6.0 finds them', (given, expected, score) => {
  expect(chrf(given, expected)).toBeCloseTo(score, 12);
});
