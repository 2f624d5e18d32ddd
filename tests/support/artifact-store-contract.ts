import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { ArtifactStore } from '../../domain/ports.ts';

/** The promises of the `ArtifactStore` port; every store keeps the same ones. */
export function keepsTheArtifactStoreContract(name: string, open: (scratch: string) => ArtifactStore): void {
  describe(`${name} keeps the contract of an artifact store`, () => {
    const scratches: string[] = [];
    const start = async () => {
      const scratch = await mkdtemp(path.join(tmpdir(), 'driftloop-store-'));
      scratches.push(scratch);
      const artifact = path.join(scratch, 'artifact');
      await mkdir(path.join(artifact, 'deep'), { recursive: true });
      await writeFile(path.join(artifact, 'driftloop.json'), '{}\n');
      await writeFile(path.join(artifact, 'deep', 'weights.bin'), Buffer.from([0, 1, 2, 255]));
      return { scratch, artifact, store: open(path.join(scratch, 'root')) };
    };
    afterEach(async () => {
      for (const scratch of scratches.splice(0)) await rm(scratch, { recursive: true, force: true });
    });

    test('what was put is what is opened, byte for byte', async () => {
      const { artifact, store } = await start();
      const { digest, bytes } = await store.put(artifact);
      expect(digest).toMatch(/^[0-9a-f]{64}$/);
      expect(bytes).toBe(7);
      const opened = await store.open(digest);
      expect((await readdir(opened, { recursive: true })).sort()).toEqual([
        'deep',
        'deep/weights.bin',
        'driftloop.json',
      ]);
      expect(await readFile(path.join(opened, 'deep', 'weights.bin'))).toEqual(Buffer.from([0, 1, 2, 255]));
    });

    test('the same content is the same digest, at once and again; other content or another name is another', async () => {
      const { scratch, artifact, store } = await start();
      const twin = path.join(scratch, 'twin');
      await cp(artifact, twin, { recursive: true });
      const [a, b] = await Promise.all([store.put(artifact), store.put(twin)]);
      expect(a).toEqual(b);
      expect(await store.put(twin)).toEqual(a);
      await writeFile(path.join(twin, 'driftloop.json'), '{ }\n');
      const changed = await store.put(twin);
      await cp(path.join(artifact, 'driftloop.json'), path.join(twin, 'renamed.json'));
      const renamed = await store.put(twin);
      expect(new Set([a.digest, changed.digest, renamed.digest]).size).toBe(3);
      await expect(store.open(a.digest)).resolves.toBeTypeOf('string');
    });

    test('its files are listed with the hashes that the digest is made of', async () => {
      const { artifact, store } = await start();
      const { digest } = await store.put(artifact);
      const files = await store.files(digest);
      expect(files.map((file) => [file.path, file.bytes])).toEqual([
        ['deep/weights.bin', 4],
        ['driftloop.json', 3],
      ]);
      const hash = createHash('sha256');
      for (const { path: name, sha256 } of files) hash.update(`${name}\0${sha256}\n`);
      expect(hash.digest('hex')).toBe(digest);
      await expect(store.files('0'.repeat(64))).rejects.toMatchObject({ code: 'DL_ARTIFACT_MISSING' });
    });

    test('what was never put is missing, and nothing but a digest leads anywhere', async () => {
      const { artifact, store } = await start();
      await store.put(artifact);
      for (const digest of ['0'.repeat(64), '../artifact', ''])
        await expect(store.open(digest)).rejects.toMatchObject({ code: 'DL_ARTIFACT_MISSING' });
    });
  });
}
