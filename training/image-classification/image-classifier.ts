import type { Answers } from '../classification/classifier.ts';
import type { ClassifierTuned, ClassifierTuning } from '../classification/tune-classifier.ts';
import type { ImageBytes } from './image-reader.ts';

export type ImageTuning = Omit<ClassifierTuning<ImageBytes, unknown>, 'tf' | 'classifier' | 'labelling'>;
export type ImageTuned = Omit<ClassifierTuned<unknown>, 'settled'>;

/** A network that tells images apart, in memory, whatever it is made of. */
export type ImageClassifier = {
  /** Teaches it. Throws what `tuneClassifier` throws. */
  tune(tuning: ImageTuning): Promise<ImageTuned>;
  /** What it answers as it is now. */
  answers(): Answers<ImageBytes>;
  /** Writes its config and its weights into a folder that is there. */
  write(folder: string, labels: readonly string[]): Promise<void>;
  /** A parameter of the head that the folder had not got; null where all of it was there. */
  missing: string | null;
  /** Frees its memory. */
  dispose(): void;
};
