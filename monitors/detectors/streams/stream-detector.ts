/**
 * What every detector of a stream is: a plain state that JSON keeps, and a pure fold over it.
 *
 * A detector is written as a fold in place, which is quick; `observe` folds one value into a copy of the state, so
 * that nobody sees it change, and `observeAll` copies once and then folds many. Both give the same answers.
 */
import type { FindingLevel } from '../../../domain/finding.ts';
import { InvalidInput } from '../../../statistics/invalid-input.ts';
import { readParams } from '../knobs.ts';
import type { Knobs, ParamsOf } from '../knobs.ts';

/**
 * What every state tells of the value that it has seen last. A few detectors, as their authors wrote them, leave the
 * warning standing at a drift; `findingOf` makes one word of both.
 */
export type StreamState = { drift: boolean; warning: boolean };

/** The numbers that a detector takes. */
export type StreamValues =
  /** 0 or 1. */
  | 'bit'
  /** From 0 to 1. */
  | 'share'
  /** Any that can be squared and summed without leaving the numbers: from −1e150 to 1e150. */
  | 'number';

const FARTHEST = 1e150;

const valuesOf: Readonly<Record<StreamValues, { least: number; most: number; what: string }>> = {
  bit: { least: 0, most: 1, what: '0 or 1' },
  share: { least: 0, most: 1, what: 'numbers from 0 to 1' },
  number: { least: -FARTHEST, most: FARTHEST, what: `numbers from -${FARTHEST} to ${FARTHEST}` },
};

/** What a reader is told of a detector. */
type Description<K extends Knobs> = Readonly<{
  name: string;
  /** The question, in one sentence. */
  answers: string;
  takes: StreamValues;
  knobs: K;
  /** Paper, and the implementation that it agrees with. */
  source: string;
  /** How many numbers its state holds at most, in the knobs' names. */
  memory: string;
  /** What it is made to see come or go: errors, x, or right answers, 1 − x. */
  feeds: 'errors' | 'right answers';
  /** Where it finds a drift in `exampleErrors`, fed as it is meant to be; a test runs it. */
  example: Readonly<{ drifts: readonly number[] }>;
}>;

/** Irregular errors, ten in 101 values, and from index 1,000 on fifty. */
export const exampleErrors = (): number[] =>
  Array.from({ length: 1_400 }, (_, i) => ((31 * i * i + 17 * i) % 101 < (i < 1_000 ? 10 : 50) ? 1 : 0));

/** What a detector is made of. */
type StreamMethod<K extends Knobs, S extends StreamState> = Description<K> &
  Readonly<{
    /** What must hold between knobs: what is wrong with them, or null. */
    rule?: (params: ParamsOf<K>) => string | null;
    /** How many values it has to see before it can find anything. */
    silentFor: (params: ParamsOf<K>) => number;
    start: (params: ParamsOf<K>) => S;
    /** A copy that shares nothing that `fold` changes; where left out, the fields of the state are all plain values. */
    copy?: (state: S) => S;
    /** Folds a value into the state, in place. After a drift it is given a fresh state, unless it goes on. */
    fold: (params: ParamsOf<K>) => (state: S, x: number) => void;
    /** Whether it goes on with its state after a drift. */
    goesOn?: (params: ParamsOf<K>) => boolean;
  }>;

export type StreamFindings<S> = { state: S; driftIndices: number[]; warningIndices: number[] };

export type StreamDetector<S> = Readonly<{
  /** How many values it has to see, from a fresh state, before it can find anything. */
  silentFor: number;
  start(): S;
  /**
   * The state after one more value; the one given stays as it was.
   *
   * @throws DL_STATISTIC_INPUT for a value that the detector does not take
   */
  observe(state: Readonly<S>, x: number): S;
  /**
   * The state after many values, and the indices among them that left a drift or a warning. One copy for all, so this
   * is the quick way; a value that is refused throws, and the state given is as good as before.
   *
   * @throws DL_STATISTIC_INPUT with the index of a value that the detector does not take
   */
  observeAll(state: Readonly<S>, xs: ArrayLike<number>): StreamFindings<S>;
}>;

export type Stream<K extends Knobs, S extends StreamState> = Description<K> &
  Readonly<{
    /** @throws DL_DETECTOR_PARAMS */
    create(params?: Partial<ParamsOf<K>>): StreamDetector<S>;
  }>;

/** What a state says, in one word. */
export const findingOf = ({ drift, warning }: Readonly<StreamState>): FindingLevel =>
  drift ? 'detected' : warning ? 'suspected' : 'steady';

/** Makes a detector, with its purity and its checks, of the fold that is its own. */
export function defineStream<const K extends Knobs, S extends StreamState>(
  method: StreamMethod<K, S>,
): Stream<K, S> {
  const { name, answers, knobs, source, memory, feeds, example, rule } = method;
  const { least, most, what } = valuesOf[method.takes];
  const isBits = method.takes === 'bit';
  const copyOf = method.copy ?? ((state: S): S => ({ ...state }));
  const refuse = (x: unknown, at: string): never => {
    throw new InvalidInput(name, `the value${at} is ${String(x)}`, `${name} takes ${what}.`);
  };
  const isTaken = (x: unknown): x is number =>
    typeof x === 'number' && x >= least && x <= most && (!isBits || x === 0 || x === 1);
  return {
    name,
    answers,
    takes: method.takes,
    knobs,
    source,
    memory,
    feeds,
    example,
    create(given = {}) {
      const params = readParams(name, knobs, given, rule);
      const fold = method.fold(params);
      const goesOn = method.goesOn?.(params) ?? false;
      const start = () => method.start(params);
      return {
        silentFor: method.silentFor(params),
        start,
        observe(state, x) {
          if (!isTaken(x)) refuse(x, '');
          const next = state.drift && !goesOn ? start() : copyOf(state);
          fold(next, x);
          return next;
        },
        observeAll(state, xs) {
          const driftIndices: number[] = [];
          const warningIndices: number[] = [];
          let next = copyOf(state);
          for (let i = 0; i < xs.length; i += 1) {
            const x = xs[i]!;
            if (!isTaken(x)) refuse(x, ` at index ${i}`);
            if (next.drift && !goesOn) next = start();
            fold(next, x);
            if (next.drift) driftIndices.push(i);
            if (next.warning) warningIndices.push(i);
          }
          return { state: next, driftIndices, warningIndices };
        },
      };
    },
  };
}
