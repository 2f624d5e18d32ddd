import { DriftloopError } from '../../domain/errors.ts';
import type { InputRow } from '../../domain/input.ts';
import type { Predictor } from '../../domain/ports.ts';
import type { AnyOutput } from '../../domain/task.ts';
import { notAWriter } from '../../domain/writing.ts';
import type { Writer } from '../../domain/writing.ts';
import { describeVersion } from '../../training/describe-version.ts';
import type { Engine, Held } from './child-messages.ts';
import { PredictorLane } from './predictor-lane.ts';

type Options = {
  /**
   * From so many weights on a network is answered by TensorFlow, in a process of its own. Below, plain arithmetic is
   * quicker than the dispatch of the operations (docs/decisions/tabular-inference.md).
   */
  tensorflowFrom?: number;
  /** After so many requests a child is replaced by a fresh one. */
  recycleAfter?: number;
  /** Told the process id of each child; for logs and tests. */
  onChild?: (pid: number) => void;
};

export type ChildPredictor = Predictor &
  Writer & {
    /** What each engine's process holds now; null where none has been started. */
    held(): Promise<Record<Engine, Held | null>>;
  };

type Loaded = { engine: Engine; ready: Promise<void>; isReady: boolean; memoryMb: number | null };

/**
 * Answers instances in child processes, several versions side by side. A child that dies is replaced and its requests
 * are asked again; a caller sees a slower answer, not a failed one.
 */
export function createChildPredictor({
  tensorflowFrom = 10_000,
  recycleAfter = 1_000_000,
  onChild,
}: Options = {}): ChildPredictor {
  const options = { recycleAfter, ...(onChild ? { onChild } : {}) };
  const lanes: Record<Engine, PredictorLane> = {
    // Small networks answer in milliseconds.
    javascript: new PredictorLane({ ...options, hungAfterMs: 60_000 }),
    tensorflow: new PredictorLane(options),
  };
  const versions = new Map<string, Loaded>();
  let backend = 'javascript';
  // Ready before the first version is, and before the first request for it.
  lanes.javascript.start();

  const engineFor = async (folder: string): Promise<Engine> => {
    const version = await describeVersion(folder);
    const isSmall =
      version.kind === 'tabular' &&
      (version.weights < tensorflowFrom || version.model.task.kind === 'regression');
    return isSmall ? 'javascript' : 'tensorflow';
  };

  return {
    get backend() {
      return backend;
    },
    async load(key, folder) {
      const known = versions.get(key);
      if (known) return await known.ready;
      const version: Loaded = {
        engine: 'javascript',
        ready: Promise.resolve(),
        isReady: false,
        memoryMb: null,
      };
      versions.set(key, version);
      version.ready = (async () => {
        version.engine = await engineFor(folder);
        const answer = await lanes[version.engine].ask({ kind: 'load', key, folder, engine: version.engine });
        if (answer.kind === 'loaded') backend = answer.backend;
        version.isReady = true;
      })();
      try {
        await version.ready;
      } catch (error) {
        versions.delete(key);
        throw error;
      }
    },
    async predict(key, rows) {
      const version = versions.get(key);
      if (!version) throw notLoaded(key, [...versions.keys()]);
      await version.ready;
      if (rows.length === 0) return [];
      const outputs: AnyOutput[] = [];
      for (const part of inMessages(rows)) {
        const answer = await lanes[version.engine].ask({ kind: 'predict', key, rows: part });
        if (answer.kind !== 'predicted') continue;
        outputs.push(...answer.outputs);
        version.memoryMb = answer.memoryMb;
      }
      return outputs;
    },
    async write(key, conversation, wish, { onPiece, signal }) {
      const version = versions.get(key);
      if (!version) throw notLoaded(key, [...versions.keys()]);
      await version.ready;
      if (version.engine !== 'tensorflow') throw notAWriter(key);
      let told = 0;
      const answer = await lanes.tensorflow.ask(
        { kind: 'write', key, conversation, wish },
        {
          signal,
          // After a crash it is written again, the same; what was told already is not told twice.
          onPiece({ from, text }) {
            const fresh = text.slice(Math.max(0, told - from));
            told += fresh.length;
            if (fresh !== '') onPiece(fresh);
          },
        },
      );
      if (answer.kind !== 'written') throw new Error(`a writer answered with ${answer.kind}`);
      return answer.written;
    },
    async unload(key) {
      const version = versions.get(key);
      if (!version) return;
      versions.delete(key);
      await lanes[version.engine].ask({ kind: 'unload', key });
    },
    loaded: () => [...versions].flatMap(([key, { isReady }]) => (isReady ? [key] : [])),
    memoryMb: (key) => versions.get(key)?.memoryMb ?? null,
    async held() {
      const of = async (engine: Engine) => {
        if (!lanes[engine].isStarted()) return null;
        const answer = await lanes[engine].ask({ kind: 'held' });
        return answer.kind === 'held' ? answer.held : null;
      };
      return { javascript: await of('javascript'), tensorflow: await of('tensorflow') };
    },
    async close() {
      await Promise.all([lanes.javascript.close(), lanes.tensorflow.close()]);
    },
  };
}

/** Images are long texts: a message that holds a thousand of them would be in memory several times. */
const CHARACTERS_AT_ONCE = 4_000_000;

/** Rows in their order, in parts that one message to a child may hold. */
export function inMessages(
  rows: readonly InputRow[],
  charactersAtOnce = CHARACTERS_AT_ONCE,
): (readonly InputRow[])[] {
  const lengths = rows.map((row) =>
    Object.values(row).reduce<number>(
      (sum, value) => sum + (typeof value === 'string' ? value.length : 0),
      0,
    ),
  );
  const parts: InputRow[][] = [];
  let room = 0;
  for (const [i, row] of rows.entries()) {
    if (parts.length === 0 || lengths[i]! > room) {
      parts.push([]);
      room = charactersAtOnce;
    }
    parts.at(-1)!.push(row);
    room -= lengths[i]!;
  }
  return parts;
}

const notLoaded = (key: string, loaded: readonly string[]) =>
  new DriftloopError(
    'DL_VERSION_NOT_LOADED',
    `"${key}" is not loaded; loaded are ${loaded.join(', ') || 'none'}.`,
    { fix: 'Load it first, or wait until the server has followed the route.', retryable: true, status: 503 },
  );
