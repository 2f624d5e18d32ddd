import { DriftloopError } from '../../domain/errors.ts';
import type { Answer } from '../output.ts';
import { actWithStores, withTuning } from '../wiring.ts';

/**
 * The way back: the target is loaded and made to answer before the pointer moves, so that a broken artifact
 * never takes over from a working one.
 */
export async function rollback({
  model,
  version,
  reason,
}: {
  model: string;
  version?: string;
  reason: string;
}): Promise<Answer> {
  return actWithStores({ right: 'rollback', model }, async ({ stores, environment, person }) => {
    const { name: by, via } = person;
    const { config } = await stores.models.get(model);
    if (config.serving.kind === 'outside') throw servedOutside(model);
    const to = version ?? (await stores.routes.previousChampion(model));
    if (to === null) {
      throw new DriftloopError(
        'DL_NO_EARLIER_CHAMPION',
        `${model} has no earlier champion that served healthily.`,
        {
          fix: `Name a version: driftloop version list ${model}`,
        },
      );
    }
    const target = await stores.versions.get(model, to);
    if (target.promotedAt === null) throw neverServed(model, to);
    await withTuning(environment, async ({ artifacts, predictor }) => {
      await predictor.load(target.digest, await artifacts.open(target.digest));
      const recent = await stores.examples.recentInputs(model, 20);
      if (recent.length > 0) await predictor.predict(target.digest, recent);
    });
    // Whoever is gone back from did not serve healthily: a second rollback goes further back, not forth again.
    const byHand = { action: 'rollback', via } as const;
    const why = { by, because: reason, leavesUnhealthy: true, byHand };
    const route = await stores.routes.promote(model, to, why);
    return {
      json: { model, champion: to, generation: route.generation },
      text: `${to} answers everything for ${model} again (generation ${route.generation}).`,
      next: `driftloop model show ${model}`,
    };
  });
}

const servedOutside = (model: string) =>
  new DriftloopError('DL_SERVED_OUTSIDE', `${model} is served by its team's own server, not by Driftloop.`, {
    fix: 'Let that server answer with the earlier version again: the registry follows what production says.',
    status: 409,
  });

const neverServed = (model: string, version: string) =>
  new DriftloopError('DL_VERSION_NEVER_SERVED', `${version} of ${model} has never answered production.`, {
    fix: `Go back to one that has (driftloop version list ${model}), or let this one prove itself: driftloop run start ${model} --version ${version}`,
    status: 409,
  });
