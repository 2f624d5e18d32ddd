import type { Predictor } from '../../domain/ports.ts';

/**
 * A predictor that keeps the versions that were used last. Who scores versions for years, run after run, would
 * otherwise hold every one that ever was. A version is let go only between two answers.
 */
export function boundedPredictor(predictor: Predictor, { keep }: { keep: number }): Predictor {
  /** Least recently used first. */
  const used = new Map<string, { answering: number }>();
  const touch = (key: string) => {
    const entry = used.get(key) ?? { answering: 0 };
    used.delete(key);
    used.set(key, entry);
    return entry;
  };
  const letGo = async () => {
    for (const [key, { answering }] of used) {
      if (used.size <= keep) return;
      if (answering > 0) continue;
      used.delete(key);
      await predictor.unload(key);
    }
  };
  return {
    get backend() {
      return predictor.backend;
    },
    async load(key, folder) {
      const entry = touch(key);
      entry.answering += 1;
      try {
        await predictor.load(key, folder);
      } finally {
        entry.answering -= 1;
      }
      await letGo();
    },
    async predict(key, rows) {
      const entry = touch(key);
      entry.answering += 1;
      try {
        return await predictor.predict(key, rows);
      } finally {
        entry.answering -= 1;
      }
    },
    async unload(key) {
      used.delete(key);
      await predictor.unload(key);
    },
    loaded: () => predictor.loaded(),
    memoryMb: (key) => predictor.memoryMb(key),
    close: () => predictor.close(),
  };
}
