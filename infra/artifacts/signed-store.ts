import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DriftloopError } from '../../domain/errors.ts';
import type { ArtifactStore } from '../../domain/ports.ts';
import { needingRoom } from '../../domain/room.ts';
import { envelopeSchema, signDigest, whyNotSigned } from './dsse.ts';
import { createFolderStore } from './folder-store.ts';
import { ofItsBase } from './of-its-base.ts';
import type { SigningKeys } from './signing-keys.ts';

export type SignedStore = ArtifactStore & {
  /** Whether there is a key to sign with. */
  signs: boolean;
  /** Signs what is there already, where there is a key for it. Throws DL_ARTIFACT_MISSING, DL_ARTIFACT_CORRUPT. */
  sign(digest: string): Promise<void>;
};

/**
 * A folder of artifacts with a signature beside each: put signs, where there is a key to sign with; open asks for a
 * signature by one of the trusted keys, where there are any. The digest says that an artifact is what it was; the
 * signature says that it came from somebody who may put artifacts here, and not only from somebody who can write files.
 * Of an adapter all of that is asked of its base, too.
 */
export function createSignedStore(root: string, { signWith, trusted }: SigningKeys): SignedStore {
  const store = createFolderStore(root);
  const placeOf = (digest: string) => path.join(root, `${digest}.dsse.json`);

  async function sign(digest: string): Promise<void> {
    if (signWith === null) return;
    const temporary = path.join(root, `.sign-${process.pid}-${digest}`);
    await needingRoom(root, () => writeFile(temporary, `${JSON.stringify(signDigest(digest, signWith))}\n`));
    await rename(temporary, placeOf(digest));
  }

  async function checkSignature(digest: string): Promise<void> {
    if (trusted === null) return;
    const why = await readFile(placeOf(digest), 'utf8').then(
      (text) => {
        const envelope = envelopeSchema.safeParse(jsonIn(text));
        return envelope.success
          ? whyNotSigned(envelope.data, digest, trusted)
          : 'its signature file cannot be read';
      },
      () => 'nobody has signed it',
    );
    if (why !== null) throw unsigned(digest, why);
  }

  return {
    signs: signWith !== null,
    async put(folder) {
      const done = await store.put(folder);
      await sign(done.digest);
      return done;
    },
    // The content first: only what is there can lack a signature.
    async open(digest) {
      const place = await store.open(digest);
      await checkSignature(digest);
      await ofItsBase(digest, place, checkSignature);
      return place;
    },
    async files(digest) {
      const files = await store.files(digest);
      await checkSignature(digest);
      return files;
    },
    async sign(digest) {
      await ofItsBase(digest, await store.open(digest), sign);
      await sign(digest);
    },
  };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const unsigned = (digest: string, why: string) =>
  new DriftloopError('DL_ARTIFACT_UNSIGNED', `Artifact ${digest.slice(0, 12)}… is not trusted: ${why}.`, {
    fix: 'Train or import the version where DRIFTLOOP_SIGNING_KEY is set, or sign what you know: driftloop version sign MODEL VERSION',
    status: 500,
  });
