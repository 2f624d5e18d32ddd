import { DriftloopError } from '../../domain/errors.ts';

/** What the validation rows say of a training so far, at its best. */
export type TrialScore = Readonly<{ loss: number; score: number }>;

/** How far a trial has come, and how good it was until then. */
export type TrialResult = TrialScore &
  Readonly<{
    /** From 0. */
    trial: number;
    /** In all. */
    epochs: number;
  }>;

/** The same, for whoever goes on with it. `isOver`: it goes no further, however long it is asked to. */
export type TrialSoFar = TrialResult & Readonly<{ isOver: boolean }>;

/** Several trainings side by side, of which no version comes. */
export type Trials = {
  /** Of a whole training. */
  epochs: number;
  stepsPerEpoch: number;
  /** Takes a trial on to so many epochs in all, from where it was. */
  advance(trial: number, epochs: number): Promise<TrialSoFar>;
  close(): Promise<void>;
};

/** A stretch of a training: from where it was, to the end of an epoch. */
export type Stretch<State> = {
  /** Where it paused; null begins it. */
  resumed: State | null;
  /** After so many epochs in all it pauses, unless it ends before. */
  epochs: number;
  /** What the validation rows say after an epoch. */
  onScore: (score: TrialScore) => void;
  /** Ends the stretch: throws what `trainingsInStretches` waits for. */
  pause: (state: State) => never;
};

/** Where trainings wait while others are trained. */
export type States<State> = {
  save(trial: number, state: State): Promise<void>;
  load(trial: number): Promise<State | null>;
};

/** Thrown out of a training that has gone as far as it should for now. */
class Paused<State> extends Error {
  readonly state: State;
  constructor(state: State) {
    super('This training is paused, and is gone on with later.');
    this.name = 'Paused';
    this.state = state;
  }
}

/**
 * Several trainings, each of which goes on from where it was: so its epochs are paid for once.
 *
 * @param train one stretch; a training that memory does not hold is out, whatever it has scored
 * @param known what was trained before an interruption, in its order; where nothing waits of it, it begins anew
 * @returns takes a trial on to so many epochs in all, and says how good it has been
 */
export function trainingsInStretches<State>(
  train: (trial: number, stretch: Stretch<State>) => Promise<void>,
  states: States<State>,
  known: readonly TrialSoFar[] = [],
): Trials['advance'] {
  const soFar = new Map<number, TrialSoFar[]>();
  const resultsOf = (trial: number): TrialSoFar[] => {
    const results = soFar.get(trial) ?? [];
    soFar.set(trial, results);
    return results;
  };
  for (const result of known) resultsOf(result.trial).push(result);
  return async (trial, epochs) => {
    const results = resultsOf(trial);
    const asked = results.find((result) => result.epochs >= epochs || result.isOver);
    if (asked) return { ...asked, epochs };
    const keep = (score: TrialScore, isOver: boolean): TrialSoFar => {
      const result = { trial, epochs, loss: score.loss, score: score.score, isOver };
      results.push(result);
      return result;
    };
    let best: TrialScore = results.at(-1) ?? none;
    const onScore = (score: TrialScore) => {
      if (score.loss < best.loss || Number.isNaN(best.loss)) best = score;
    };
    const pause = (state: State): never => {
      throw new Paused(state);
    };
    try {
      await train(trial, { resumed: await states.load(trial), epochs, onScore, pause });
      return keep(best, true);
    } catch (error) {
      if (error instanceof Paused) {
        await states.save(trial, error.state as State);
        return keep(best, false);
      }
      if (error instanceof DriftloopError && error.code === 'DL_TRAINING_OUT_OF_MEMORY')
        return keep(none, true);
      throw error;
    }
  };
}

/** Of a training that ran away, or that memory does not hold. */
const none: TrialScore = { loss: NaN, score: NaN };
