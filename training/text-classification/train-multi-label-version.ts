import type { MultiLabel } from '../../domain/task.ts';
import type { Taught } from '../classification/teach.ts';
import { tellMany } from '../classification/telling.ts';
import { writeTextArtifact } from './text-artifact.ts';
import { trainTexts } from './train-texts.ts';
import type { TextTraining } from './train-texts.ts';

export type MultiLabelVersion = TextTraining<MultiLabel, readonly string[]>;

/** From texts with any number of labels each to an artifact. Throws what `trainTexts` throws. */
export const trainMultiLabelVersion = (version: MultiLabelVersion): Promise<Taught> =>
  trainTexts(version, {
    problem: 'multi_label_classification',
    telling: tellMany(version.model),
    write: (classifier, signed) =>
      writeTextArtifact(version.outFolder, classifier, {
        ...signed,
        kind: 'multi-label-text-classifier',
        model: version.model,
      }),
  });
