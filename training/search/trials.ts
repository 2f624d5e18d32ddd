import { DriftloopError } from '../../domain/errors.ts';

/** What the validation rows say of a training so far, at its best. */
export type TrialScore = Readonly<{ loss: number; score: number }>;

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
 * @returns takes a trial on to so many epochs in all, and says how good it has been
 */
export function trainingsInStretches<State>(
  train: (trial: number, stretch: Stretch<State>) => Promise<void>,
  states: States<State>,
): (trial: number, epochs: number) => Promise<TrialScore> {
  const best = new Map<number, TrialScore>();
  const ended = new Set<number>();
  return async (trial, epochs) => {
    if (ended.has(trial)) return best.get(trial) ?? none;
    const onScore = (score: TrialScore) => {
      if (score.loss < (best.get(trial)?.loss ?? Infinity)) best.set(trial, score);
    };
    const pause = (state: State): never => {
      throw new Paused(state);
    };
    try {
      await train(trial, { resumed: await states.load(trial), epochs, onScore, pause });
      ended.add(trial);
    } catch (error) {
      if (error instanceof Paused) await states.save(trial, error.state as State);
      else if (error instanceof DriftloopError && error.code === 'DL_TRAINING_OUT_OF_MEMORY') {
        ended.add(trial);
        best.delete(trial);
      } else throw error;
    }
    return best.get(trial) ?? none;
  };
}

/** Of a training that ran away, or that memory does not hold. */
const none: TrialScore = { loss: NaN, score: NaN };
