import type { StateCodec } from '../checkpoints/checkpoint.ts';
import type { States } from './trials.ts';

/** So much of what waits is in memory too, for checkpoints; a trial that has no room there begins anew after an interruption. */
const BYTES_AT_MOST = 2 ** 29;

/** Where trials wait: all of them on disk, and as many as there is room for in memory too. */
export function waitingRoom<State, Head>(
  disk: States<State>,
  codec: StateCodec<State, Head>,
  bytesAtMost = BYTES_AT_MOST,
) {
  const held = new Map<number, { state: State; bytes: number }>();
  const taken = () => [...held.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  const bytesOf = (state: State) =>
    codec.take(state).tensors.reduce((sum, { values }) => sum + values.byteLength, 0);
  const states: States<State> = {
    async save(trial, state) {
      await disk.save(trial, state);
      held.delete(trial);
      const bytes = bytesOf(state);
      if (taken() + bytes <= bytesAtMost) held.set(trial, { state, bytes });
    },
    load: (trial) => disk.load(trial),
  };
  return {
    states,
    inMemory: (): ReadonlyMap<number, State> =>
      new Map([...held].map(([trial, { state }]) => [trial, state])),
    /** The others have been beaten. */
    keepOnly(alive: readonly number[]) {
      for (const trial of held.keys()) if (!alive.includes(trial)) held.delete(trial);
    },
  };
}
