import type { VersionComparison } from '../../console/versions/compare-versions.ts';
import { DriftloopError } from '../../domain/errors.ts';
import type { Version } from '../../domain/version.ts';
import { openArtifacts } from '../artifact-store.ts';
import type { Proof } from '../../activities/way-back.ts';
import type { ExportedVersion, ExportFormat } from './export-version.ts';
import type { Imported } from './import-version.ts';
import type { Installation } from './installation.ts';

/** Versions: the registry and the way back. */
export function versionsOf({
  stores,
  environment,
  admit,
  tuning,
}: Pick<Installation, 'stores' | 'environment' | 'admit' | 'tuning'>) {
  return {
    /** Throws DL_UNKNOWN_MODEL. */
    async list(model: string): Promise<Version[]> {
      await admit({ right: 'view', model });
      await stores.models.get(model);
      return stores.versions.list(model);
    },

    /** Throws DL_UNKNOWN_VERSION. */
    async get(model: string, version: string): Promise<Version> {
      await admit({ right: 'view', model });
      return stores.versions.get(model, version);
    },

    /** Two versions: which is better, by which test, and what made them differ. Throws DL_UNKNOWN_VERSION. */
    async compare(model: string, a: string, b: string): Promise<VersionComparison> {
      await admit({ right: 'view', model });
      await stores.models.get(model);
      const { compareVersions } = await import('../../console/versions/compare-versions.ts');
      return compareVersions(stores, model, [a, b]);
    },

    /**
     * Registers an artifact; the first version of a model becomes its champion.
     *
     * @throws DL_ARTIFACT_CORRUPT, DL_ARTIFACT_UNFIT, DL_VERSION_KNOWN
     */
    async import(model: string, folder: string): Promise<Imported> {
      const person = await admit({ right: 'import', model });
      const { importVersion } = await import('./import-version.ts');
      return importVersion({ stores, tuning }, { model, folder, person });
    },

    /**
     * Writes a version where other tools open it, or, as `driftloop`, where another installation imports it from.
     * Whoever may look may have it, as through the door of the console.
     *
     * @throws DL_FOLDER_NOT_EMPTY, DL_ARTIFACT_UNFIT where the format has no place for such a version
     */
    async export(
      model: string,
      version: string,
      { out, format = 'safetensors' }: { out: string; format?: ExportFormat },
    ): Promise<ExportedVersion> {
      await admit({ right: 'view', model });
      const { exportVersion } = await import('./export-version.ts');
      return exportVersion({ stores, environment }, { model, version, format, out });
    },

    /** Signs what is stored already, with the key of this process; safe to repeat. Throws DL_SIGNING_KEY_INVALID. */
    async sign(model: string, version?: string): Promise<{ model: string; signed: string[] }> {
      const { name: by, via } = await admit({ right: 'import', model });
      await stores.models.get(model);
      const artifacts = openArtifacts(environment);
      if (!artifacts.signs) throw noSigningKey();
      const versions =
        version === undefined
          ? await stores.versions.list(model)
          : [await stores.versions.get(model, version)];
      const because = 'signed by hand';
      for (const { version: subject, digest } of versions) {
        await artifacts.sign(digest);
        await stores.audit.append({ action: 'sign', by, via, model, subject, because, details: { digest } });
      }
      return { model, signed: versions.map((signed) => signed.version) };
    },

    /**
     * The way back: the target is loaded, and answers as it did when it served, before the pointer moves. So a broken
     * artifact never takes over from a working one.
     *
     * @param to default: the last champion that served healthily
     * @throws DL_NO_EARLIER_CHAMPION, DL_VERSION_NEVER_SERVED, DL_WAY_BACK_BROKEN, DL_SERVED_OUTSIDE
     */
    async rollback(
      model: string,
      { to, reason }: { to?: string; reason: string },
    ): Promise<{ model: string; champion: string; generation: number; proof: Proof }> {
      const { name: by, via } = await admit({ right: 'rollback', model });
      const { findWayBack, proveWayBack } = await import('../../activities/way-back.ts');
      const wayBack = await findWayBack(stores, model, to);
      const champion = wayBack.target.version;
      const proof = await tuning((given) => proveWayBack({ ...given, examples: stores.examples }, wayBack));
      // Whoever is gone back from did not serve healthily: a second rollback goes further back, not forth again.
      const byHand = { action: 'rollback', via } as const;
      const why = { by, because: reason, leavesUnhealthy: true, byHand };
      const { generation } = await stores.routes.promote(model, champion, why);
      return { model, champion, generation, proof };
    },
  };
}

const noSigningKey = () =>
  new DriftloopError(
    'DL_SIGNING_KEY_INVALID',
    'DRIFTLOOP_SIGNING_KEY is not set, so there is nothing to sign with.',
    {
      fix: 'Make a pair: openssl genpkey -algorithm ed25519 -out signing.pem && openssl pkey -in signing.pem -pubout -out trusted.pem',
    },
  );
