import type { Answer } from '../output.ts';
import { user, withStores, withTuning } from '../wiring.ts';

/**
 * Registers an artifact that was made elsewhere. It is loaded and made to answer first; the first version of a
 * model becomes its champion, a later one waits as a challenger that a run may pick up.
 */
export async function importVersion({ model, folder }: { model: string; folder: string }): Promise<Answer> {
  return withStores(async (stores, environment) =>
    withTuning(environment, async ({ artifacts, predictor }) => {
      await stores.models.get(model);
      const { digest } = await artifacts.put(folder);
      await predictor.load(digest, await artifacts.open(digest));
      const champion = await stores.versions.champion(model);
      const version = await stores.versions.register({
        model,
        digest,
        parent: null,
        runId: null,
        snapshotId: null,
        trainSeconds: null,
        accuracyOnTest: null,
      });
      if (champion === null)
        await stores.routes.promote(model, version.version, {
          by: user(),
          because: `imported from ${folder}`,
        });
      return {
        json: { model, version: version.version, digest, champion: champion === null },
        text:
          champion === null
            ? `${version.version} is the first champion of ${model}.`
            : `${version.version} of ${model} is registered as a challenger.`,
        next: `driftloop version list ${model}`,
      };
    }),
  );
}
