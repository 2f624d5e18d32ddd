import type { ClassifierSettings } from '../classification/settings.ts';

/** Everything that a training of a text classifier is told, beside its rows. */
export type TextSettings = ClassifierSettings &
  Readonly<{
    /** Tokens of a text that are read; the rest is cut off. */
    longest: number;
    /** Share of the tokens of a text that are left out each time it is learnt from; 0: none. */
    wordDropout: number;
  }>;
