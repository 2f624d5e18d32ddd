import type { CheckpointStore } from '../domain/ports.ts';

/**
 * Puts each new checkpoint into the store, one at a time; what a slow store misses is replaced by what came after. A
 * store that fails costs an interruption more, not the training: `onProblem` hears of it.
 */
export function checkpointKeeper(
  store: CheckpointStore,
  { runId, file, onProblem }: { runId: string; file: string; onProblem: (error: unknown) => void },
) {
  let isWaiting = false;
  let saving: Promise<void> | null = null;
  const saveAll = async () => {
    while (isWaiting) {
      isWaiting = false;
      await store.save(runId, file).catch(onProblem);
    }
    saving = null;
  };
  return {
    soon() {
      isWaiting = true;
      saving ??= saveAll();
    },
    settled: async () => await saving,
  };
}
