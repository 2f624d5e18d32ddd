import { drillWayBack } from '../../activities/drill-way-back.ts';
import { sayProof } from '../../activities/way-back.ts';
import type { Proof } from '../../activities/way-back.ts';
import type { Person } from '../../domain/person.ts';
import type { Environment } from '../environment.ts';
import type { Answer } from '../output.ts';
import { actWithStores, withTuning } from '../wiring.ts';
import type { Stores } from '../wiring.ts';

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

/** Tries the way back from this machine, in a process of its own; production answers as before. */
export async function drillBack(
  { stores, environment, person: { name: by, via } }: Going,
  { model, version, because }: { model: string; version: string | undefined; because: string },
): Promise<{ to: string; seconds: number; proof: Proof }> {
  const question = { model, by, via, because, ...(version === undefined ? {} : { version }) };
  const { target, seconds, proof } = await withTuning(environment, ({ artifacts, predictor }) =>
    drillWayBack({ ...stores, artifacts, predictor }, question),
  );
  return { to: target, seconds, proof };
}
