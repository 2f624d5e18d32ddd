import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSpeaker } from '../../../../training/text-generation/speaker.ts';

/** What is given away of a text that grows by these parts. */
function heard(parts: readonly string[], stops: readonly string[] = []) {
  const speaker = createSpeaker(stops);
  const pieces: string[] = [];
  let text = '';
  for (const part of parts) {
    text += part;
    const { piece, isStopped } = speaker.hear(text);
    pieces.push(piece);
    if (isStopped) return { pieces, isStopped };
  }
  const { piece, isStopped } = speaker.hear(text, true);
  return { pieces: [...pieces, piece], isStopped };
}

test('white space around the whole is left out, and inside comes with the word after it', () => {
  expect(heard([' ', ' a', ' ', '\n', 'b', ' ']).pieces).toEqual(['', 'a', '', '', ' \nb', '', '']);
});

test('half a character is held back until it is whole', () => {
  const speaker = createSpeaker([]);
  expect(speaker.hear('a\uFFFD').piece).toBe('a');
  expect(speaker.hear('a\uFFFD\uFFFD').piece).toBe('');
  expect(speaker.hear('a€').piece).toBe('€');
});

test('what may become a stop is held back; a stop ends the text, and is not part of it', () => {
  expect(heard(['one', ' EN', 'D', ' two'], ['END'])).toEqual({ pieces: ['one', '', ''], isStopped: true });
  expect(heard(['one', ' EN', 'VY'], ['END'])).toEqual({
    pieces: ['one', '', ' ENVY', ''],
    isStopped: false,
  });
  expect(heard(['one', ' EN'], ['END'])).toEqual({ pieces: ['one', '', ' EN'], isStopped: false });
});

test('a short stop inside a long one ends the text before the long one is whole', () => {
  for (const parts of [['ab', 'a'], ['aba'], ['a', 'b', 'a']])
    expect(heard(parts, ['aba', 'b']).pieces.join('')).toBe('a');
});

test('however a text is cut, the pieces together are the trimmed text up to the stop that is whole first', () => {
  const letters = fc.array(fc.constantFrom('a', 'b', ' ', '\n', 'ab'), { maxLength: 12 });
  const stop = fc.array(fc.constantFrom('a', 'b', ' '), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(
      letters,
      fc.array(
        stop.map((parts) => parts.join('')),
        { maxLength: 2 },
      ),
      (parts, stops) => {
        const whole = parts.join('').trimStart();
        // Grown letter by letter: the first stop that it ends with ends it.
        const grown = Array.from(whole, (_, i) => whole.slice(0, i + 1));
        const ended = grown.find((text) => stops.some((one) => text.endsWith(one)));
        const met = stops.filter((one) => ended?.endsWith(one)).map(({ length }) => length);
        const until = ended === undefined ? whole.length : ended.length - Math.max(...met);
        const { pieces, isStopped } = heard(parts, stops);
        expect(pieces.join('')).toBe(whole.slice(0, until).trimEnd());
        expect(isStopped).toBe(ended !== undefined);
      },
    ),
  );
});
