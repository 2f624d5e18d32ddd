import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createArtifactRoutes } from '../../../console/artifact-routes.ts';
import { createFolderStore } from '../../../infra/artifacts/folder-store.ts';
import { version } from '../../fakes/console-views.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-artifact-routes-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function routes() {
  const made = path.join(folder, 'made');
  await mkdir(path.join(made, 'deep'), { recursive: true });
  await writeFile(path.join(made, 'driftloop.json'), '{}');
  await writeFile(path.join(made, 'deep/weights.bin'), Buffer.from([0, 255, 13]));
  const artifacts = createFolderStore(path.join(folder, 'artifacts'));
  const { digest } = await artifacts.put(made);
  const app = createArtifactRoutes({ versions: { get: async () => version(2, { digest }) }, artifacts });
  app.onError((_, c) => c.body(null, 404));
  return { digest, app };
}
const at = '/models/electricity/versions/v2/artifact';

test('whoever fetches every file of the list can compute the digest', async () => {
  const { app, digest } = await routes();
  const answer = await app.request(at);
  const listed = (await answer.json()) as { digest: string; files: { path: string }[] };
  expect(listed).toMatchObject({ model: 'electricity', version: 'v2', digest });
  const hash = createHash('sha256');
  for (const file of listed.files) {
    const content = await (await app.request(`${at}/${file.path}`)).arrayBuffer();
    const sha256 = createHash('sha256').update(Buffer.from(content)).digest('hex');
    hash.update(`${file.path}\0${sha256}\n`);
  }
  expect(hash.digest('hex')).toBe(digest);
});

test.each(['none.json', '../made/driftloop.json', '%2e%2e/made/driftloop.json', 'deep'])(
  'a path that is not in the list leads nowhere: %s',
  async (name) => {
    const { app } = await routes();
    expect((await app.request(`${at}/${name}`)).status).toBe(404);
  },
);
