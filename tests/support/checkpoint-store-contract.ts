import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CheckpointStore } from '../../domain/ports.ts';
import { tempFolder } from './temp-folder.ts';

/** The promises of the `CheckpointStore` port; every store keeps the same ones. */
export function keepsTheCheckpointStoreContract(
  name: string,
  open: (scratch: string) => CheckpointStore,
): void {
  const start = () => {
    const scratch = tempFolder();
    const store = open(path.join(scratch, 'root'));
    const file = path.join(scratch, 'file');
    const out = path.join(scratch, 'out');
    return {
      store,
      /** Another worker's view of the same store. */
      elsewhere: open(path.join(scratch, 'root')),
      async save(runId: string, text: string) {
        await writeFile(file, text);
        await store.save(runId, file);
      },
      /** Null where there is none. */
      async load(from: CheckpointStore, runId: string): Promise<string | null> {
        return (await from.load(runId, out)) ? await readFile(out, 'utf8') : null;
      },
      scratch,
    };
  };

  describe(`${name} keeps the contract of a checkpoint store`, () => {
    test('the newest that a run saved is what another worker loads; runs do not see each other', async () => {
      const { elsewhere, save, load } = start();
      expect(await load(elsewhere, 'run-1')).toBeNull();
      await save('run-1', 'first');
      await save('run-1', 'second');
      await save('run-2', 'other');
      expect(await load(elsewhere, 'run-1')).toBe('second');
      expect(await load(elsewhere, 'run-2')).toBe('other');
      expect(await load(elsewhere, 'run')).toBeNull();
    });

    test('a reader sees one of those that were saved, whole, while others are saved', async () => {
      const { store, elsewhere, scratch } = start();
      const texts = ['a', 'b'].map((letter) => letter.repeat(200_000));
      const files = await Promise.all(
        texts.map(async (text, i) => {
          const file = path.join(scratch, `big-${i}`);
          await writeFile(file, text);
          return file;
        }),
      );
      await store.save('run-1', files[0]!);
      const saveOften = async () => {
        for (let i = 0; i < 30; i += 1) await store.save('run-1', files[i % 2]!);
      };
      const readOften = async () => {
        const out = path.join(scratch, 'read');
        for (let i = 0; i < 60; i += 1) {
          expect(await elsewhere.load('run-1', out)).toBe(true);
          expect(texts).toContain(await readFile(out, 'utf8'));
        }
      };
      await Promise.all([saveOften(), readOften()]);
    });

    test('one that was removed is gone, and removing it again is nothing', async () => {
      const { store, save, load } = start();
      await store.remove('run-1');
      await save('run-1', 'x');
      await store.remove('run-1');
      await store.remove('run-1');
      expect(await load(store, 'run-1')).toBeNull();
    });

    test('a sweep takes what was saved before, and nothing else', async () => {
      const { store, save, load } = start();
      expect(await store.sweep(new Date())).toEqual([]);
      await save('run-1', 'x');
      await save('run-2', 'y');
      expect(await store.sweep(new Date(Date.now() - 60_000))).toEqual([]);
      expect(await load(store, 'run-1')).toBe('x');
      expect(await store.sweep(new Date(Date.now() + 60_000))).toEqual(['run-1', 'run-2']);
      expect(await load(store, 'run-2')).toBeNull();
    });

    test('nothing but an id of a run leads anywhere', async () => {
      const { store, save, scratch } = start();
      for (const id of ['../run', 'a/b', '', '.'])
        await expect(save(id, 'x')).rejects.toMatchObject({ code: 'DL_UNKNOWN_RUN' });
      await expect(store.remove('../file')).rejects.toMatchObject({ code: 'DL_UNKNOWN_RUN' });
      expect(await readdir(scratch)).toEqual(['file']);
    });
  });
}
