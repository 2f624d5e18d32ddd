import type { ClassifierSettings } from '../classification/settings.ts';
import type { Augmentation } from './augment.ts';

/** Everything that a training of an image classifier is told, beside its rows. */
export type ImageSettings = ClassifierSettings & Readonly<{ augmentation: Augmentation }>;
