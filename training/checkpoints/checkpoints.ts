/** What a training asks of whoever keeps its checkpoints. */
export type Checkpoints<State> = {
  /** What an interrupted training of the same rows and settings has kept; null begins at the first step. */
  resumed: State | null;
  /** Asked before each step. */
  isDue(step: number): boolean;
  /** Keeps a state. The training waits for it. */
  keep(state: State): Promise<void>;
};
