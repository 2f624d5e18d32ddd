import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DriftloopError } from '../../domain/errors.ts';
import type { InputRow } from '../../domain/input.ts';
import type { Predictor } from '../../domain/ports.ts';
import type { AnyOutput } from '../../domain/task.ts';

/**
 * A predictor without TensorFlow: an artifact folder holds `label.txt`, and the version says that label to every row.
 * It passes the contract suite of the real one. `delayMs` makes calls overlap, as they do with a child process.
 */
export function fakePredictor({ delayMs = 0 }: { delayMs?: number } = {}) {
  const versions = new Map<string, string>();
  const calls: { key: string; rows: number }[] = [];
  /** Words of keys of versions that load and then fail every time they are asked. */
  const failing = new Set<string>();
  /** Words of keys of versions whose scores are no numbers. */
  const spoilt = new Set<string>();
  /** By words of keys: what versions wait for before they answer. */
  const held = new Map<string, Promise<void>>();
  const isMeant = (key: string) => (word: string) => key.includes(word);
  const pause = () => new Promise<void>((resolve) => setTimeout(resolve, delayMs));
  const get = (key: string) => {
    const label = versions.get(key);
    if (label === undefined)
      throw new DriftloopError('DL_VERSION_NOT_LOADED', `${key} is not loaded.`, {
        fix: 'Load it first.',
        retryable: true,
        status: 503,
      });
    return label;
  };
  const predictor: Predictor = {
    backend: 'fake',
    async load(key, folder) {
      const label = await readFile(join(folder, 'label.txt'), 'utf8').catch((cause: unknown) => {
        throw new DriftloopError('DL_ARTIFACT_CORRUPT', `The artifact in ${folder} cannot be used.`, {
          fix: 'Write a label.txt.',
          cause,
        });
      });
      await pause();
      versions.set(key, label.trim());
    },
    async predict(key: string, rows: readonly InputRow[]): Promise<AnyOutput[]> {
      get(key);
      calls.push({ key, rows: rows.length });
      await pause();
      await Promise.all([...held].filter(([word]) => isMeant(key)(word)).map(([, until]) => until));
      if ([...failing].some(isMeant(key))) throw new Error(`${key} fails`);
      const label = get(key);
      const score = [...spoilt].some(isMeant(key)) ? Number.NaN : 1;
      return rows.map(() => ({ label, scores: { [label]: score } }));
    },
    async unload(key) {
      await pause();
      versions.delete(key);
    },
    loaded: () => [...versions.keys()],
    memoryMb: (key) => (versions.has(key) ? 64 : null),
    async close() {
      versions.clear();
    },
  };
  return { predictor, calls, failing, spoilt, held, lose: () => versions.clear() };
}
