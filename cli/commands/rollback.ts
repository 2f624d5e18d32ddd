import type { Answer } from '../output.ts';
import { actWithStores, withTuning } from '../wiring.ts';
import { findWayBack, proveWayBack, sayProof } from './way-back.ts';

/**
 * The way back: the target is loaded, and answers as it did when it served, before the pointer moves. So a broken
 * artifact never takes over from a working one.
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
    const wayBack = await findWayBack(stores, model, version);
    const to = wayBack.target.version;
    const proof = await withTuning(environment, (tuning) =>
      proveWayBack({ ...tuning, examples: stores.examples }, wayBack),
    );
    // Whoever is gone back from did not serve healthily: a second rollback goes further back, not forth again.
    const byHand = { action: 'rollback', via } as const;
    const why = { by, because: reason, leavesUnhealthy: true, byHand };
    const route = await stores.routes.promote(model, to, why);
    return {
      json: { model, champion: to, generation: route.generation, proof },
      text: `${to} answers everything for ${model} again (generation ${route.generation}). ${sayProof(proof)}`,
      next: `driftloop model show ${model}`,
    };
  });
}
