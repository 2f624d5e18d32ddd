import { createHash } from 'node:crypto';
import type { Partition } from '../../domain/examples.ts';
import type { InputRow } from '../../domain/input.ts';
import type { ModelConfig } from '../../domain/model-config.ts';

/**
 * What an example may be used for, for life: rows of one entity never stand on both sides of a test.
 *
 *     sha256(salt, entity) < holdoutShare · 2⁴⁸ → holdout, else train      (its first 48 bits)
 *
 * Without an entity the input itself decides, so equal rows stay together. Only declared features count, in one
 * order, a missing one as null: the same row written differently is the same row.
 */
export function partitionForLife(
  model: { config: Pick<ModelConfig, 'input' | 'retrain'>; salt: string },
  row: { entity: string | null; input: InputRow },
): Partition {
  const who =
    row.entity === null ? `input ${normalised(model.config.input, row.input)}` : `entity ${row.entity}`;
  const bits = createHash('sha256').update(`${model.salt}\n${who}`).digest().readUIntBE(0, 6);
  return bits < model.config.retrain.holdoutShare * 2 ** 48 ? 'holdout' : 'train';
}

/** The same row however it is written. */
const normalised = (features: ModelConfig['input'], input: InputRow): string =>
  JSON.stringify(orderOf(features).map((name) => input[name] ?? null));

/** The declared features in one order, sorted once for each catalogue and not for each row. */
export function orderOf(features: ModelConfig['input']): readonly string[] {
  let order = orders.get(features);
  if (order === undefined) orders.set(features, (order = Object.keys(features).sort()));
  return order;
}
const orders = new WeakMap<ModelConfig['input'], readonly string[]>();
