import type { StageMethod } from '../classification/settings.ts';
import type { TuneSettings } from '../fine-tuning/tune-settings.ts';

/** How much of a decoder is trained. It has no head of its own to begin with: its head is its vocabulary. */
export type GeneratorMethod = Exclude<StageMethod, { kind: 'head' }>;

/** Everything that a training of a decoder is told, beside its rows. */
export type GeneratorSettings = TuneSettings &
  Readonly<{
    method: GeneratorMethod;
    weightDecay: number;
    /** Tokens of a conversation that are read, answers included; the rest is cut off. */
    longest: number;
    /** Of preferences: how firmly the model is held to what it began as. */
    beta: number;
  }>;
