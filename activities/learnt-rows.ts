import {
  LEARNT_DIGITS,
  learntNothing,
  learntUnknown,
  type GoldenRow,
  type Learnt,
} from '../domain/golden.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import type { TrainingJob } from '../domain/ports.ts';
import { readLearnt } from '../training/learnt-file.ts';
import type { Ports } from './ports.ts';

type Asked = Readonly<{
  config: Pick<ModelConfig, 'name' | 'base'>;
  training: TrainingJob['training'];
  /** The version of the present champion; null before the first. */
  champion: string | null;
}>;

/** What that has learnt which a training goes on from: of a champion the registry knows it, of a base its folder says it. */
export async function learntBefore(
  { versions }: { versions: Pick<Ports['versions'], 'learnt'> },
  { config: { name, base }, training, champion }: Asked,
): Promise<Learnt> {
  const ofChampion = async () => (champion === null ? learntNothing : await versions.learnt(name, champion));
  switch (training.kind) {
    case 'recalibration':
      return ofChampion();
    case 'table':
      return training.warmStart === null ? learntNothing : ofChampion();
    case 'program':
      if (training.champion !== null) return ofChampion();
      // It opens its base itself, and nobody else looks into that.
      return base.kind === 'pretrained' ? learntUnknown : learntNothing;
    case 'text':
    case 'image':
      if (training.base === null) return learntNothing;
      return base.kind === 'champion' ? ofChampion() : readLearnt(training.base);
    default:
      return training satisfies never;
  }
}

/** Golden rows that a version has learnt from: those it knows by heart, and tests nobody. */
export function goldenLearnt(golden: readonly Pick<GoldenRow, 'id'>[], { rows }: Learnt): string[] {
  const learnt = new Set(rows);
  return golden.map(({ id }) => id).filter((id) => learnt.has(id.slice(0, LEARNT_DIGITS)));
}
