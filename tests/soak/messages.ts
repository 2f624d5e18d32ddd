import { v5 as uuidv5, v7 as uuidv7 } from 'uuid';
import type { FeedbackMessage, PredictionMessage } from '../../domain/messages.ts';
import { random } from '../../training/random.ts';

/**
 * What a soak says to the two topics, and what has to be known at its end. Production at its worst: every tenth message
 * again, labels before their prediction, corrections, retractions, words that contradict one another, and predictions
 * of a month ago that get their label only now.
 */
export type Chunk = { before: FeedbackMessage[]; predictions: PredictionMessage[]; after: FeedbackMessage[] };

/** Of a hundred predictions, so many are of 29 days ago, corrected, retracted, contradicted, or labelled at the very end. */
const shares = { old: 5, corrected: 5, retracted: 5, contradicted: 5, atTheEnd: 2 } as const;
const dayMs = 86_400_000;
/** A fixed name space: the ids of a seed are those of every run of it. */
const idSpace = '6ba7b811-9dad-11d1-80b4-00c04fd430c8';

export type Expected = {
  predictions: number;
  feedback: number;
  labelled: number;
  /** By `label predicted`. */
  outcomes: Map<string, number>;
};

export function soakMessages(seed: number, predictions: number, nowMs: number) {
  const chance = random(seed);
  const expected: Expected = { predictions: 0, feedback: 0, labelled: 0, outcomes: new Map() };
  const late: FeedbackMessage[] = [];

  const one = (i: number) => {
    const predicted = chance.uniform() < 0.3 ? 'B' : 'A';
    const fate = chance.uniform() * 100;
    const msecs = fate < shares.old ? nowMs - 29 * dayMs : nowMs;
    const predictionId = uuidv7({ msecs, random: bytesOf(seed, i) });
    const message: PredictionMessage = {
      predictionId,
      model: 'm',
      version: 'v1',
      input: { x: i },
      output: {
        label: predicted,
        scores: { A: predicted === 'A' ? 0.8 : 0.2, B: predicted === 'B' ? 0.8 : 0.2 },
      },
      at: new Date(msecs).toISOString(),
    };
    const words: FeedbackMessage[] = [];
    const say = (kind: FeedbackMessage['kind'], value: unknown, afterMs: number) =>
      words.push({
        feedbackId: uuidv5(`${seed}/${i}/${words.length}`, idSpace),
        predictionId,
        kind,
        value,
        at: new Date(msecs + afterMs).toISOString(),
        source: 'soak',
      });
    say('label', 'A', 1_000);
    let label: string | null = 'A';
    const turn = chance.uniform() * 100;
    if (turn < shares.corrected) {
      say('correction', 'B', 2_000);
      label = 'B';
    } else if (turn < shares.corrected + shares.retracted) {
      say('retract', null, 2_000);
      label = null;
    } else if (turn < shares.corrected + shares.retracted + shares.contradicted) {
      // The earlier word is delivered last, and changes nothing.
      say('label', 'B', 500);
    }
    expected.predictions += 1;
    expected.feedback += words.length;
    if (label !== null) {
      expected.labelled += 1;
      const key = `${label} ${predicted}`;
      expected.outcomes.set(key, (expected.outcomes.get(key) ?? 0) + 1);
    }
    return { message, words, isLate: chance.uniform() * 100 < shares.atTheEnd };
  };

  /** Every tenth message of a chunk again, some time after it was said first. */
  const again = <T extends PredictionMessage | FeedbackMessage>(fresh: readonly T[]): T[] =>
    fresh.filter(() => chance.uniform() < 1 / 9);

  function* chunks(size: number): Generator<Chunk> {
    let repeated = nothing();
    for (let from = 0; from < predictions; from += size) {
      const fresh = nothing();
      for (let i = from; i < Math.min(predictions, from + size); i += 1) {
        const { message, words, isLate } = one(i);
        fresh.predictions.push(message);
        if (isLate) late.push(...words);
        else (chance.uniform() < 0.5 ? fresh.before : fresh.after).push(...words);
      }
      yield {
        before: [...repeated.before, ...fresh.before],
        predictions: [...repeated.predictions, ...fresh.predictions],
        after: [...repeated.after, ...fresh.after],
      };
      repeated = {
        before: again(fresh.before),
        predictions: again(fresh.predictions),
        after: again(fresh.after),
      };
    }
    yield { ...repeated, after: [...repeated.after, ...late] };
  }
  return { chunks, expected };
}

const nothing = (): Chunk => ({ before: [], predictions: [], after: [] });

const bytesOf = (seed: number, i: number): Uint8Array => {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(8, seed);
  new DataView(bytes.buffer).setUint32(12, i);
  return bytes;
};
