import type { Tf } from '../backend.ts';
import { random } from '../random.ts';
import { readModelConfig } from './config.ts';
import { headParts } from './heads.ts';
import type { Head } from './heads.ts';
import type { LoadedNetwork } from './model-folder.ts';
import { trunkParts } from './network.ts';
import { frozenVariable } from './parameters.ts';
import { join, parameterShapes } from './parts.ts';
import { startingValues } from './starting-values.ts';

/**
 * A network that knows nothing yet, as a `config.json` describes it. Its parameters are frozen until `trainOnly` says
 * otherwise.
 *
 * @param seed of all that it begins as
 * @throws {DriftloopError} `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED`
 */
export function newNetwork(
  tf: Tf,
  json: Readonly<Record<string, unknown>>,
  head: Head,
  { seed }: { seed: number },
): LoadedNetwork {
  const config = readModelConfig(json);
  const parts = join(trunkParts(config), headParts(config, head));
  const chance = random(seed);
  const all = parameterShapes(parts);
  const parameters = new Map(
    all.map((one) => [
      one.name,
      frozenVariable(tf, { shape: one.shape, values: startingValues(one, chance) }),
    ]),
  );
  return { config, json, parts, parameters, fresh: all.map(({ name }) => name) };
}
