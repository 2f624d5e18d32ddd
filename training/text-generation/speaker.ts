/** What may be given away of a text that grows, piece by piece. */
export type Speaker = {
  /**
   * @param text all of it so far
   * @param isWhole whether nothing more will come
   * @returns what is new, often nothing; and whether a stop was met, which ends the text before it
   */
  hear(text: string, isWhole?: boolean): { piece: string; isStopped: boolean };
};

/** A character whose bytes have not all come. */
const UNFINISHED = '\uFFFD';

/**
 * Holds back what the next token may still change: the beginning of a stop, half of a character, and white space, which
 * is left out around the whole. All pieces together are the trimmed text, up to the stop in it that is whole first.
 */
export function createSpeaker(stops: readonly string[]): Speaker {
  let said = '';
  const longest = Math.max(0, ...stops.map(({ length }) => length));
  return {
    hear(text, isWhole = false) {
      const whole = text.trimStart();
      const from = Math.max(0, said.length - longest);
      const met = firstStop(whole, stops, from);
      const sayable =
        met !== null ? whole.slice(0, met).trimEnd() : isWhole ? whole.trimEnd() : settled(whole, stops);
      const piece = sayable.startsWith(said) ? sayable.slice(said.length) : '';
      said += piece;
      return { piece, isStopped: met !== null };
    },
  };
}

/**
 * Where the stop begins that is whole first. Not the one that begins first: while a text grows nobody can wait for a
 * longer stop around a short one, and how the text is cut may not matter.
 */
function firstStop(text: string, stops: readonly string[], from: number): number | null {
  const met = stops.flatMap((stop) => {
    const at = text.indexOf(stop, from);
    return at === -1 ? [] : [{ at, end: at + stop.length }];
  });
  return met.sort((a, b) => a.end - b.end || a.at - b.at)[0]?.at ?? null;
}

function settled(text: string, stops: readonly string[]): string {
  const begun = stops.flatMap((stop) => {
    for (let length = Math.min(stop.length - 1, text.length); length > 0; length -= 1)
      if (text.endsWith(stop.slice(0, length))) return [length];
    return [];
  });
  let kept = text.slice(0, text.length - Math.max(0, ...begun)).trimEnd();
  while (kept.endsWith(UNFINISHED)) kept = kept.slice(0, -1).trimEnd();
  return kept;
}
