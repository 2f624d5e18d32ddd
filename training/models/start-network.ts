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
 * A network from scratch, out of a config as a base's `config.json` has it: the same for the same seed. All of its
 * parameters are fresh, and frozen until `trainOnly` says otherwise.
 *
 * @throws {DriftloopError} `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED`
 */
export function startNetwork(
  tf: Tf,
  json: Readonly<Record<string, unknown>>,
  head: Head,
  seed: number,
): LoadedNetwork {
  const config = readModelConfig(json);
  const parts = join(trunkParts(config), headParts(config, head));
  const chance = random(seed);
  const parameters = new Map(
    parameterShapes(parts).map((one) => [
      one.name,
      frozenVariable(tf, { shape: one.shape, values: startingValues(one, chance) }),
    ]),
  );
  return { config, json, parts, parameters, fresh: [...parameters.keys()] };
}
