import type { Classification } from '../../domain/task.ts';
import type { Taught } from '../classification/teach.ts';
import { tellOne } from '../classification/telling.ts';
import { writeTextArtifact } from './text-artifact.ts';
import { trainTexts } from './train-texts.ts';
import type { TextTraining } from './train-texts.ts';

export type TextVersion = TextTraining<Classification, string>;

/** From texts with one label each to an artifact. Throws what `trainTexts` throws. */
export const trainTextVersion = (version: TextVersion): Promise<Taught> =>
  trainTexts(version, {
    problem: 'single_label_classification',
    telling: tellOne(version.model),
    write: (classifier, signed) =>
      writeTextArtifact(version.outFolder, classifier, {
        ...signed,
        kind: 'text-classifier',
        model: version.model,
      }),
  });
