import type { LoadedNetwork } from '../models/model-folder.ts';
import { parameterCount } from '../models/parts.ts';
import { isQuantised, packedOf } from './quantised-network.ts';
import type { QuantisedNetwork } from './quantised-network.ts';

const FLOAT_BYTES = 4;
const MEGABYTE = 2 ** 20;

/** What a packed base takes while an adapter is trained beside it; nothing of one in floats. */
export function sayPacked(network: LoadedNetwork | QuantisedNetwork): string[] {
  if (!isQuantised(network)) return [];
  const sizes = [...packedOf(network).values()].map(({ bytes }) => bytes);
  const plain = [...network.parameters.values()].map(({ size }) => FLOAT_BYTES * size);
  const bytes = [...sizes, ...plain].reduce((sum, one) => sum + one, 0);
  const share = bytes / (FLOAT_BYTES * parameterCount(network.parts));
  const words = network.tables.size > 0 ? ', its embeddings in 8 bits a number' : '';
  return [
    `The base took ${megabytes(bytes)} MB, ${share.toFixed(2)} of its floats: its layers in 4 bits${words}.`,
  ];
}

const megabytes = (bytes: number): string => (bytes / MEGABYTE).toPrecision(3);
