import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ModelConfig } from '../domain/model-config.ts';
import type { ArtifactStore, TrainingJob } from '../domain/ports.ts';
import { layOutBase } from '../training/adapters/base-folder.ts';
import { CONFIG_FILE } from '../training/models/model-folder.ts';
import { readOver } from '../training/adapters/over-base.ts';

type Chosen = { training: TrainingJob['training']; note: string | null };

const OVER_AN_ADAPTER =
  'It goes on from an adapter, which no other adapter is kept over: it is stored with whole weights, which the next ones may be over.';

/**
 * A training whose adapter is kept apart from its base has that base in the store before it begins, once for all versions
 * that come of it.
 */
export async function keptApart(
  artifacts: Pick<ArtifactStore, 'put'>,
  config: Pick<ModelConfig, 'fineTune' | 'base' | 'serving'>,
  { training, note }: Chosen,
  scratch: string,
): Promise<Chosen> {
  if (training.kind !== 'text' && training.kind !== 'image') return { training, note };
  const { base } = training;
  if (base === null || !wantsApart(config)) return { training, note };
  if ((await readOver(base)) !== null) return { training, note: joined(note, OVER_AN_ADAPTER) };
  // Another kind of model has no matrices that an adapter could go beside: the training says so.
  if (!existsSync(path.join(base, CONFIG_FILE))) return { training, note };
  const folder = path.join(scratch, 'base');
  await layOutBase(base, folder);
  const { digest } = await artifacts.put(folder);
  return { training: { ...training, baseDigest: digest }, note };
}

/** Where nothing is said: what goes on from a base of its own again and again has it in common; a team's server wants all. */
function wantsApart({
  fineTune,
  base,
  serving,
}: Pick<ModelConfig, 'fineTune' | 'base' | 'serving'>): boolean {
  if (fineTune?.method !== 'lora' && fineTune?.method !== 'qlora') return false;
  if (fineTune.stored !== undefined) return fineTune.stored === 'adapter';
  return base.kind === 'pretrained' && serving.kind === 'driftloop';
}

const joined = (note: string | null, more: string): string => (note === null ? more : `${note} ${more}`);
