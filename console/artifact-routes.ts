import { createReadStream } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { Hono } from 'hono';
import type { ArtifactStore, VersionStore } from '../domain/ports.ts';
import { notFound } from './answer-problem.tsx';
import type { ConsoleEnv } from './session.ts';

/**
 * `GET /models/:name/versions/:version/artifact`: the files of a version with their hashes, for a team that serves it
 * with a server of its own; each file is below, by its path. The digest is the sha256 over the sorted lines
 * `path NUL sha256 LF`, so that whoever has fetched them can tell that they are the version.
 */
export function createArtifactRoutes({
  versions,
  artifacts,
}: {
  versions: Pick<VersionStore, 'get'>;
  artifacts: Pick<ArtifactStore, 'open' | 'files'>;
}): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/models/:name/versions/:version/artifact', async (c) => {
    const { model, version, digest } = await versions.get(c.req.param('name'), c.req.param('version'));
    const files = await artifacts.files(digest);
    return c.json({ model, version, digest, files });
  });
  app.get('/models/:name/versions/:version/artifact/:path{.+}', async (c) => {
    const { digest } = await versions.get(c.req.param('name'), c.req.param('version'));
    // Only a path that stands in the list leads to a file.
    const file = (await artifacts.files(digest)).find((known) => known.path === c.req.param('path'));
    if (file === undefined) throw notFound(c.req.path);
    const stream = createReadStream(path.join(await artifacts.open(digest), file.path));
    return c.body(Readable.toWeb(stream) as ReadableStream, 200, {
      'content-type': 'application/octet-stream',
      'content-length': String(file.bytes),
    });
  });
  return app;
}
