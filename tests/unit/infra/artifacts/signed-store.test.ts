import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { appendFileSync, copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  envelopeSchema,
  preAuthEncoding,
  signDigest,
  whyNotSigned,
} from '../../../../infra/artifacts/dsse.ts';
import { createSignedStore } from '../../../../infra/artifacts/signed-store.ts';
import { readSigningKeys } from '../../../../infra/artifacts/signing-keys.ts';
import { keepsTheArtifactStoreContract } from '../../../support/artifact-store-contract.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const [ours, theirs] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
const digest = 'a'.repeat(64);

keepsTheArtifactStoreContract('a folder with signatures', (root) =>
  createSignedStore(root, { signWith: ours.privateKey, trusted: [ours.publicKey] }),
);

/** A store with one artifact, opened by who trusts `trusted`. */
async function stored(signWith: KeyObject | null) {
  const root = path.join(tempFolder(), 'store');
  const folder = tempFolder();
  const put = async (content: string) => {
    writeFileSync(path.join(folder, 'a'), content);
    return (await createSignedStore(root, { signWith, trusted: null }).put(folder)).digest;
  };
  const open = (of: string, ...trusted: KeyObject[]) =>
    createSignedStore(root, { signWith: null, trusted }).open(of);
  return {
    root,
    digest: await put('content'),
    put,
    open,
    file: (of: string) => path.join(root, `${of}.dsse.json`),
  };
}
const untrusted = (why: RegExp) => ({ code: 'DL_ARTIFACT_UNSIGNED', message: expect.stringMatching(why) });

describe('a store that trusts keys', () => {
  test('opens what one of them has signed, and nothing that others have, or nobody', async () => {
    const { digest, open } = await stored(ours.privateKey);
    await expect(open(digest, theirs.publicKey, ours.publicKey)).resolves.toContain(digest);
    await expect(open(digest, theirs.publicKey)).rejects.toMatchObject(untrusted(/of none of the keys/));
    const unsigned = await stored(null);
    await expect(unsigned.open(unsigned.digest, ours.publicKey)).rejects.toMatchObject(
      untrusted(/nobody has signed it/),
    );
  });

  test('is not deceived by the signature of another artifact, or by a changed or broken envelope', async () => {
    const { digest, put, open, file } = await stored(ours.privateKey);
    const other = await put('other content');
    copyFileSync(file(other), file(digest));
    await expect(open(digest, ours.publicKey)).rejects.toMatchObject(untrusted(/of another artifact/));
    const envelope = signDigest(digest, ours.privateKey);
    const forged = signDigest(other, theirs.privateKey).payload;
    writeFileSync(file(digest), JSON.stringify({ ...envelope, payload: forged }));
    await expect(open(digest, ours.publicKey)).rejects.toMatchObject(untrusted(/of none of the keys/));
    writeFileSync(file(digest), '{');
    await expect(open(digest, ours.publicKey)).rejects.toMatchObject(untrusted(/cannot be read/));
  });

  test('opens nothing whose content has changed, however well it was signed', async () => {
    const { root, digest, open } = await stored(ours.privateKey);
    appendFileSync(path.join(root, digest, 'a'), '!');
    await expect(open(digest, ours.publicKey)).rejects.toMatchObject({ code: 'DL_ARTIFACT_CORRUPT' });
  });

  test('opens what was put before there were keys once it is signed', async () => {
    const { root, digest, open } = await stored(null);
    await createSignedStore(root, { signWith: ours.privateKey, trusted: null }).sign(digest);
    await expect(open(digest, ours.publicKey)).resolves.toContain(digest);
    const nowhere = createSignedStore(root, { signWith: ours.privateKey, trusted: null });
    await expect(nowhere.sign('b'.repeat(64))).rejects.toMatchObject({ code: 'DL_ARTIFACT_MISSING' });
  });
});

test('the envelope is DSSE: the example of its specification, and no part passes for another', () => {
  // github.com/secure-systems-lab/dsse, protocol.md.
  expect(preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world')).toString()).toBe(
    'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
  );
  const envelope = signDigest(digest, ours.privateKey);
  expect(whyNotSigned(envelopeSchema.parse(envelope), digest, [ours.publicKey])).toBeNull();
  const retyped = { ...envelope, payloadType: 'text/plain' };
  expect(whyNotSigned(retyped, digest, [ours.publicKey])).toBe('its signature is of none of the keys');
});

test('keys are read from PEM files, and files of anything else are refused by the name of their variable', () => {
  const folder = tempFolder();
  const write = (name: string, ...keys: KeyObject[]) => {
    const file = path.join(folder, name);
    const pem = (key: KeyObject) =>
      key.export({ format: 'pem', type: key.type === 'private' ? 'pkcs8' : 'spki' }).toString();
    writeFileSync(file, keys.map(pem).join(''));
    return file;
  };
  expect(readSigningKeys({})).toEqual({ signWith: null, trusted: null });
  const signing = write('signing.pem', ours.privateKey);
  const trusted = write('trusted.pem', ours.publicKey, theirs.publicKey);
  const keys = readSigningKeys({ DRIFTLOOP_SIGNING_KEY: signing, DRIFTLOOP_TRUSTED_KEYS: trusted });
  expect(keys.trusted).toHaveLength(2);
  expect(whyNotSigned(signDigest(digest, keys.signWith!), digest, keys.trusted!)).toBeNull();
  const rsa = write('rsa.pem', generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey);
  for (const [name, file] of [
    ['DRIFTLOOP_SIGNING_KEY', rsa],
    ['DRIFTLOOP_SIGNING_KEY', trusted],
    ['DRIFTLOOP_TRUSTED_KEYS', path.join(folder, 'none.pem')],
    ['DRIFTLOOP_TRUSTED_KEYS', write('empty.pem')],
  ] as const)
    expect(() => readSigningKeys({ [name]: file })).toThrowError(
      expect.objectContaining({
        code: 'DL_SIGNING_KEY_INVALID',
        message: expect.stringContaining(name) as string,
      }),
    );
});
