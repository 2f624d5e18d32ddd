import { ourError } from '../../domain/errors.ts';
import type { Answer } from '../output.ts';
import { actWithStores, withTuning } from '../wiring.ts';
import { findWayBack, proveWayBack, sayProof } from './way-back.ts';

/**
 * Goes the way back up to the moment at which the pointer would move, and says how long it takes. Production answers
 * as before; the audit log keeps what came of it, also where the way back is broken.
 */
export async function rollbackDrill({
  model,
  version,
  because,
}: {
  model: string;
  version?: string;
  because: string;
}): Promise<Answer> {
  return actWithStores({ right: 'rollback', model }, async ({ stores, environment, person }) => {
    const { name: by, via } = person;
    const began = performance.now();
    const note = { action: 'rollback drill', by, via, model, because } as const;
    try {
      const wayBack = await findWayBack(stores, model, version);
      const proof = await withTuning(environment, (tuning) =>
        proveWayBack({ ...tuning, examples: stores.examples }, wayBack),
      );
      const seconds = Math.round(performance.now() - began) / 1_000;
      const to = wayBack.target.version;
      await stores.audit.append({ ...note, subject: to, details: { ...proof, seconds } });
      return {
        json: { model, target: to, seconds, proof },
        text: `The way back of ${model} leads to ${to} and is open: ${seconds} s until it could take over. ${sayProof(proof)}`,
        next: `driftloop audit list --model ${model}`,
      };
    } catch (error) {
      const known = ourError(error);
      if (known !== null)
        await stores.audit.append({ ...note, subject: version ?? null, refused: known.code });
      throw error;
    }
  });
}
