import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DriftloopError } from '../../domain/errors.ts';
import type { InputRow } from '../../domain/input.ts';
import type { Predictor } from '../../domain/ports.ts';
import type { Conversation } from '../../domain/conversation.ts';
import type { AnyOutput } from '../../domain/task.ts';
import type { Writer, WritingWish } from '../../domain/writing.ts';

/**
 * A predictor without TensorFlow: an artifact folder holds `label.txt`, and the version says that label to every row.
 * It passes the contract suite of the real one. `delayMs` makes calls overlap, as they do with a child process.
 */
export function fakePredictor({ delayMs = 0 }: { delayMs?: number } = {}) {
  const versions = new Map<string, string>();
  const calls: { key: string; rows: number }[] = [];
  /** Words of keys of versions that load and then fail every time they are asked. */
  const failing = new Set<string>();
  /** Words of keys of versions that fail after the first piece of what they write. */
  const breaking = new Set<string>();
  const writings: { key: string; conversation: Conversation; wish: WritingWish; signal: AbortSignal }[] = [];
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
  const predictor: Predictor & Writer = {
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
    /** Writes its label and all that was said, a word at a time. */
    async write(key, conversation, wish, { onPiece, signal }) {
      const said = conversation.map(({ content }) => content).join(' ');
      const words = [get(key), ...said.split(' ')].slice(0, wish.maxTokens ?? Infinity);
      writings.push({ key, conversation, wish, signal });
      let text = '';
      for (const [i, word] of words.entries()) {
        await pause();
        signal.throwIfAborted();
        const isBroken = [...failing].some(isMeant(key)) || (i > 0 && [...breaking].some(isMeant(key)));
        if (isBroken) throw new Error(`${key} fails`);
        const piece = i === 0 ? word : ` ${word}`;
        text += piece;
        onPiece(piece);
      }
      const ended = words.length < said.split(' ').length + 1 ? 'length' : 'stop';
      return { text, ended, tokens: { read: said.split(' ').length, written: words.length } };
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
  return { predictor, calls, writings, breaking, failing, spoilt, held, lose: () => versions.clear() };
}
