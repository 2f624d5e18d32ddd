import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export type HubRepository = {
  commit: string;
  /** Branches and tags that stand for the commit. */
  revisions?: string[];
  files: Record<string, Buffer>;
  /** Only who shows it may read; `gated`: because of terms to accept. */
  token?: string;
  gated?: boolean;
};

export type HubServer = {
  /** For `HF_ENDPOINT`. */
  endpoint: string;
  /** Requests so far: `GET /api/…`, `GET /owner/name/resolve/…`, and those to the store of large files. */
  asked: string[];
  /** The headers of requests to the store of large files, which is another host. */
  storeHeaders: IncomingMessage['headers'][];
  /** What happens to the next answer of the store; then it is as usual again. */
  next: { cutAfter?: number; change?: boolean; status?: number } | null;
};

const isLarge = (file: string): boolean => file.endsWith('.safetensors');
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const gitBlob = (bytes: Buffer) =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

/**
 * A server that speaks the Hub's interface as far as bases need it: listings with digests, small files by itself, large
 * ones by a redirect to another host, ranges, and its refusals. It goes when the test ends.
 */
export async function startHub(repositories: Record<string, HubRepository>): Promise<HubServer> {
  const hub: HubServer = { endpoint: '', asked: [], storeHeaders: [], next: null };
  const store = await listen((request, response) => {
    hub.asked.push(`store ${request.url!}${request.headers.range ? ` ${request.headers.range}` : ''}`);
    hub.storeHeaders.push(request.headers);
    const bytes = Object.values(repositories)
      .flatMap(({ files }) => Object.values(files))
      .find((one) => `/${sha256(one)}` === request.url)!;
    const { cutAfter, change, status } = hub.next ?? {};
    hub.next = null;
    if (status !== undefined) {
      response.writeHead(status).end();
      return;
    }
    answerBytes(request, response, change ? Buffer.alloc(bytes.length, 'x') : bytes, cutAfter);
  });
  hub.endpoint = await listen((request, response) => {
    const url = new URL(request.url!, 'http://hub');
    hub.asked.push(`GET ${url.pathname}`);
    const [, listed, read] =
      /^\/api\/models\/(.+)\/revision\/.+$|^\/(.+)\/resolve\/.+$/.exec(url.pathname) ?? [];
    const repository = repositories[listed ?? read ?? ''];
    const refuse = (status: number, code: string): void =>
      void response.writeHead(status, { 'x-error-code': code }).end();
    if (!repository) return refuse(401, 'RepoNotFound');
    if (repository.token && request.headers.authorization !== `Bearer ${repository.token}`)
      return refuse(401, repository.gated ? 'GatedRepo' : 'RepoNotFound');
    const { commit, revisions = ['main'], files } = repository;
    const [revision, file] = url.pathname
      .split('/')
      .slice(-(listed ? 1 : 2))
      .map(decodeURIComponent);
    if (![commit, ...revisions].includes(revision!)) return refuse(404, 'RevisionNotFound');
    if (listed) {
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ id: listed, sha: commit, siblings: Object.entries(files).map(sibling) }));
      return;
    }
    const bytes = files[file!];
    if (!bytes) return refuse(404, 'EntryNotFound');
    if (isLarge(file!)) {
      response.writeHead(302, { location: `${store}/${sha256(bytes)}` }).end();
      return;
    }
    answerBytes(request, response, bytes);
  });
  return hub;
}

const sibling = ([rfilename, bytes]: [string, Buffer]) => ({
  rfilename,
  size: bytes.length,
  blobId: gitBlob(bytes),
  ...(isLarge(rfilename) ? { lfs: { sha256: sha256(bytes), size: bytes.length, pointerSize: 134 } } : {}),
});

function answerBytes(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  cutAfter?: number,
): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const rest = bytes.subarray(from);
  response.writeHead(from > 0 ? 206 : 200, {
    'content-length': rest.length,
    ...(from > 0 ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
  });
  if (cutAfter === undefined) response.end(rest);
  else response.write(rest.subarray(0, cutAfter), () => setTimeout(() => response.destroy(), 20));
}

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
