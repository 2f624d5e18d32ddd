import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DriftloopError } from '../../domain/errors.ts';

/** Who signs what is put into the store, and whose signature is asked for when it is opened; null: nobody, nobody's. */
export type SigningKeys = { signWith: KeyObject | null; trusted: readonly KeyObject[] | null };

const names = { signWith: 'DRIFTLOOP_SIGNING_KEY', trusted: 'DRIFTLOOP_TRUSTED_KEYS' } as const;

/**
 * Reads ed25519 keys from the PEM files that the environment names: a private one in DRIFTLOOP_SIGNING_KEY, any number
 * of public ones, one after the other, in DRIFTLOOP_TRUSTED_KEYS.
 *
 * @throws DL_SIGNING_KEY_INVALID
 */
export function readSigningKeys(environment: Readonly<Record<string, string | undefined>>): SigningKeys {
  const [signing, trusted] = [environment[names.signWith], environment[names.trusted]];
  return {
    signWith: signing ? readKeys('signWith', signing, createPrivateKey)[0]! : null,
    trusted: trusted ? readKeys('trusted', trusted, createPublicKey) : null,
  };
}

const PEM = /-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----/g;

function readKeys(which: keyof typeof names, file: string, read: (pem: string) => KeyObject): KeyObject[] {
  try {
    const keys = (readFileSync(file, 'utf8').match(PEM) ?? []).map((pem) => read(pem));
    const other = keys.find(({ asymmetricKeyType }) => asymmetricKeyType !== 'ed25519');
    if (other) throw new Error(`it has a key of the type ${other.asymmetricKeyType}`);
    if (keys.length === 0) throw new Error('it has no key');
    return keys;
  } catch (cause) {
    const kind = which === 'signWith' ? 'a private key' : 'public keys';
    throw new DriftloopError(
      'DL_SIGNING_KEY_INVALID',
      `${names[which]} names ${file}, which cannot be read as ${kind}: ${(cause as Error).message}.`,
      {
        fix: 'Make a pair: openssl genpkey -algorithm ed25519 -out signing.pem && openssl pkey -in signing.pem -pubout -out trusted.pem',
        cause,
      },
    );
  }
}
