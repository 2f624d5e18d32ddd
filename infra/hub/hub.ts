import { z } from 'zod';
import { DriftloopError } from '../../domain/errors.ts';
import type { HubName } from './hub-name.ts';
import { refusedByHub, unreachableHub } from './refused-by-hub.ts';

/** A file as the Hub lists it: Git's own digest of a small file, the SHA-256 of a large one. */
export type HubFile = Readonly<{
  name: string;
  bytes: number;
  digest: Readonly<{ kind: 'sha256' | 'git-blob'; hex: string }>;
}>;

/** What a revision of a model stands for. */
export type HubListing = Readonly<{ name: HubName; files: readonly HubFile[] }>;

export type Hub = {
  /** What a name stands for now. Throws `DL_BASE_MISSING`, `DL_DOWNLOAD_FAILED`. */
  list(name: HubName): Promise<HubListing>;
  /** The bytes of a file from some place on: 206 with the rest, or 200 with all of it. Throws the same. */
  read(name: HubName, file: string, from: number, signal: AbortSignal): Promise<Response>;
};

type Environment = Readonly<Record<string, string | undefined>>;

const OFFICIAL = 'https://huggingface.co';
const ANSWER_WITHIN_MS = 15_000;

const listingSchema = z.object({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  siblings: z.array(
    z.object({
      rfilename: z.string(),
      size: z.int().nonnegative(),
      blobId: z.string(),
      lfs: z.object({ sha256: z.string(), size: z.int().nonnegative() }).nullish(),
    }),
  ),
});

/**
 * The Hugging Face Hub by its HTTP interface: `GET /api/models/NAME/revision/REVISION?blobs=true` lists files with
 * their digests, `GET /NAME/resolve/REVISION/FILE` answers a file, or leads to where it lies.
 *
 * `HF_ENDPOINT` names a mirror, `HF_TOKEN` lets private and gated models be read. A redirect to another host goes there
 * without the token: `fetch` sees to it.
 */
export function connectHub(env: Environment = process.env): Hub {
  const endpoint = (env['HF_ENDPOINT'] || OFFICIAL).replace(/\/+$/, '');
  const token = env['HF_TOKEN'] || null;
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const ask = async (name: HubName, url: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(url, init).catch((error: unknown) => {
      throw unreachableHub(name, endpoint, error);
    });
    if (response.ok) return response;
    await response.body?.cancel();
    throw refusedByHub(name, endpoint, response, { withToken: token !== null });
  };
  return {
    async list(name) {
      const { repository, revision } = name;
      const url = `${endpoint}/api/models/${repository}/revision/${encodeURIComponent(revision)}?blobs=true`;
      const response = await ask(name, url, { headers, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      const parsed = listingSchema.safeParse(await response.json().catch(() => null));
      if (!parsed.success) throw strangeAnswer(endpoint, parsed.error);
      const { sha, siblings } = parsed.data;
      return { name: { repository, revision: sha }, files: siblings.map(hubFile) };
    },
    read: ({ repository, revision }, file, from, signal) =>
      ask(
        { repository, revision },
        `${endpoint}/${repository}/resolve/${revision}/${encodeURIComponent(file)}`,
        {
          // Compressed on its way, a part of it would not be a part of the file.
          headers: {
            ...headers,
            'accept-encoding': 'identity',
            ...(from > 0 ? { range: `bytes=${from}-` } : {}),
          },
          signal,
        },
      ),
  };
}

const hubFile = ({
  rfilename,
  size,
  blobId,
  lfs,
}: z.infer<typeof listingSchema>['siblings'][number]): HubFile =>
  lfs
    ? { name: rfilename, bytes: lfs.size, digest: { kind: 'sha256', hex: lfs.sha256 } }
    : { name: rfilename, bytes: size, digest: { kind: 'git-blob', hex: blobId } };

const strangeAnswer = (endpoint: string, cause: unknown) =>
  new DriftloopError('DL_DOWNLOAD_FAILED', `${endpoint} does not answer as the Hugging Face Hub does.`, {
    fix: 'See what HF_ENDPOINT names, and whether a proxy answers in its place.',
    cause,
  });
