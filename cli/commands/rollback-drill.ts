import { ourError } from '../../domain/errors.ts';
import type { Answer } from '../output.ts';
import type { Person } from '../../domain/person.ts';
import type { Environment } from '../environment.ts';
import { actWithStores, withTuning } from '../wiring.ts';
import type { Stores } from '../wiring.ts';
import { findWayBack, proveWayBack, sayProof } from './way-back.ts';
import type { Proof } from './way-back.ts';

/** Who tries it and where: admitted before. */
type Going = {
  stores: Pick<Stores, 'models' | 'routes' | 'versions' | 'examples' | 'audit'>;
  environment: Pick<Environment, 'artifacts'>;
  person: Pick<Person, 'name' | 'via'>;
};

/** The way back, tried by hand. */
export const rollbackDrill = ({
  model,
  version,
  because,
}: {
  model: string;
  version?: string;
  because: string;
}): Promise<Answer> =>
  actWithStores({ right: 'rollback', model }, async (going) => {
    const { to, seconds, proof } = await drillBack(going, { model, version, because });
    return {
      json: { model, target: to, seconds, proof },
      text: `The way back of ${model} leads to ${to} and is open: ${seconds} s until it could take over. ${sayProof(proof)}`,
      next: `driftloop audit list --model ${model}`,
    };
  });

/**
 * Goes the way back up to the moment at which the pointer would move, and says how long it takes. Production answers
 * as before; the audit log keeps what came of it, also where the way back is broken.
 */
export async function drillBack(
  { stores, environment, person }: Going,
  { model, version, because }: { model: string; version: string | undefined; because: string },
): Promise<{ to: string; seconds: number; proof: Proof }> {
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
    return { to, seconds, proof };
  } catch (error) {
    const known = ourError(error);
    if (known !== null) await stores.audit.append({ ...note, subject: version ?? null, refused: known.code });
    throw error;
  }
}
