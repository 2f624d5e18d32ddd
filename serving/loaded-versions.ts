import type { ArtifactStore, Predictor } from '../domain/ports.ts';

/** A version by name and content: a name that comes back with other content is another version. */
export type VersionRef = { model: string; version: string; digest: string };

/** The key under which the predictor holds a version. */
export const versionKey = ({ model, version, digest }: VersionRef): string =>
  `${model}/${version}/${digest.replace(/^sha256:/, '').slice(0, 16)}`;

/**
 * Which versions lie in the predictor, who is using them, and which may go. Loading and unloading happen one after
 * the other; a version is unloaded only when nobody wants it any more and its last request has been answered.
 */
export function createLoadedVersions(
  { predictor, artifacts }: { predictor: Predictor; artifacts: Pick<ArtifactStore, 'open'> },
  onError: (error: unknown) => void,
) {
  const users = new Map<string, number>();
  const wanted = new Set<string>();
  let turn: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.catch(() => {}).then(work);
    turn = next;
    return next;
  };

  const mayGo = (key: string) => !wanted.has(key) && (users.get(key) ?? 0) === 0;

  function unloadWhenIdle(key: string): void {
    if (!mayGo(key)) return;
    inTurn(async () => {
      // Asked again at its turn: a rollback may have wanted it back meanwhile.
      if (mayGo(key) && predictor.loaded().includes(key)) await predictor.unload(key);
    }).catch(onError);
  }

  return {
    /** Loads and warms a version; it stays until `keep` no longer names it. */
    async load(ref: VersionRef): Promise<string> {
      const key = versionKey(ref);
      wanted.add(key);
      try {
        await inTurn(async () => {
          if (!predictor.loaded().includes(key)) await predictor.load(key, await artifacts.open(ref.digest));
        });
      } catch (error) {
        wanted.delete(key);
        throw error;
      }
      return key;
    },
    /** From now on only these are wanted; the others go when their last request has been answered. */
    keep(keys: ReadonlySet<string>): void {
      for (const key of keys) wanted.add(key);
      for (const key of wanted) if (!keys.has(key)) wanted.delete(key);
      for (const key of predictor.loaded()) unloadWhenIdle(key);
    },
    /** Marks versions as in use by a request; the answer ends it. */
    use(keys: readonly string[]): () => void {
      for (const key of keys) users.set(key, (users.get(key) ?? 0) + 1);
      let released = false;
      return () => {
        if (released) return;
        released = true;
        for (const key of keys) {
          const left = (users.get(key) ?? 1) - 1;
          if (left > 0) users.set(key, left);
          else users.delete(key);
          unloadWhenIdle(key);
        }
      };
    },
    isLoaded: (key: string) => predictor.loaded().includes(key),
    /** Resolves when every load and unload that was asked for so far is done. */
    settled: () => inTurn(async () => {}),
  };
}

export type LoadedVersions = ReturnType<typeof createLoadedVersions>;
