import type { LoraSettings } from '../adapters/lora-settings.ts';
import type { KeepSettings } from './keep-settings.ts';
import type { Packing } from '../quantisation/quantised-network.ts';
import type { TuneSettings } from '../fine-tuning/tune-settings.ts';

/** How much of a classifier is trained in one go, and how it is held while it is. */
export type StageMethod =
  | Readonly<{
      kind: 'full';
      /** Each layer learns this much slower than the one above it; 1: all the same. */
      layerRate: number;
      /** The embeddings and so many of the lowest layers stay as they are; 0: nothing does. */
      frozenLayers: number;
    }>
  | Readonly<{ kind: 'head' }>
  /** A new head is kept whole besides. */
  | Readonly<{ kind: 'lora'; lora: LoraSettings; recompute?: boolean }>
  /** The base in 4 bits a number, its embeddings in 8 or as floats, adapters in float. */
  | Readonly<{ kind: 'qlora'; lora: LoraSettings; recompute?: boolean } & Packing>;

export type TuneMethod =
  | StageMethod
  /** The head alone for so many epochs, then everything: a new head would otherwise shake what the base knows. */
  | Readonly<{ kind: 'lpft'; headEpochs: number; headLearningRate: number }>;

/** How a base is packed while a method trains; null: it is not. */
export const packingOf = (method: TuneMethod): Packing | null => (method.kind === 'qlora' ? method : null);

/** Everything that a training of a classifier is told, beside its rows. */
export type ClassifierSettings = TuneSettings &
  Readonly<{
    method: TuneMethod;
    weightDecay: number;
    /** Share of the truth that is spread over all labels. */
    labelSmoothing: number;
    /** `balanced`: rare labels count as much as frequent ones. */
    classWeights: 'none' | 'balanced';
    /** Focal loss's γ, for labels of which some are rare; null: cross-entropy. */
    focalGamma: number | null;
    keep: KeepSettings;
  }>;
