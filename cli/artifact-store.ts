import process from 'node:process';
import { readSigningKeys } from '../infra/artifacts/signing-keys.ts';
import { createSignedStore } from '../infra/artifacts/signed-store.ts';
import type { SignedStore } from '../infra/artifacts/signed-store.ts';
import type { Environment } from './environment.ts';

/** The artifacts of the installation, signed and checked by the keys of this process. Throws DL_SIGNING_KEY_INVALID. */
export const openArtifacts = ({ artifacts }: Pick<Environment, 'artifacts'>): SignedStore =>
  createSignedStore(artifacts, readSigningKeys(process.env));
