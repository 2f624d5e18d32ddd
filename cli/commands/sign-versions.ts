import { DriftloopError } from '../../domain/errors.ts';
import { openArtifacts } from '../artifact-store.ts';
import type { Answer } from '../output.ts';
import { actWithStores } from '../wiring.ts';

/** Signs the artifacts of a model that are there already, with the key of this machine; safe to repeat. */
export async function signVersions({ model, version }: { model: string; version?: string }): Promise<Answer> {
  return actWithStores({ right: 'import', model }, async ({ stores, environment, person }) => {
    await stores.models.get(model);
    const artifacts = openArtifacts(environment);
    if (!artifacts.signs) throw noSigningKey();
    const versions =
      version === undefined ? await stores.versions.list(model) : [await stores.versions.get(model, version)];
    const { name: by, via } = person;
    const because = 'signed by hand';
    for (const { version: subject, digest } of versions) {
      await artifacts.sign(digest);
      await stores.audit.append({ action: 'sign', by, via, model, subject, because, details: { digest } });
    }
    const names = versions.map((signed) => signed.version);
    return {
      json: { model, signed: names },
      text: names.length === 0 ? `No version of ${model} yet.` : `Signed ${names.join(', ')} of ${model}.`,
      next: 'Set DRIFTLOOP_TRUSTED_KEYS where versions are served.',
    };
  });
}

const noSigningKey = () =>
  new DriftloopError(
    'DL_SIGNING_KEY_INVALID',
    'DRIFTLOOP_SIGNING_KEY is not set, so there is nothing to sign with.',
    {
      fix: 'Make a pair: openssl genpkey -algorithm ed25519 -out signing.pem && openssl pkey -in signing.pem -pubout -out trusted.pem',
    },
  );
