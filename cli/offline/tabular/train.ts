import type { InputRow } from '../../../domain/input.ts';
import type { TabularSettings } from '../../../domain/tabular-settings.ts';
import { createChildTrainer } from '../../../infra/tensorflow/child-trainer.ts';
import { readSignature } from '../../../training/artifact.ts';
import { weightCount } from '../../../training/tabular/network.ts';
import { withLabelledFiles } from '../labelled-files.ts';
import type { Trained, Training } from '../offline-task.ts';
import { rowModel } from '../row-model.ts';

/** Trains in a child process, which an abort kills. */
export function trainTabularFile(training: Training<InputRow, TabularSettings>): Promise<Trained> {
  const { described, fineTune, outFolder, lineage, onProgress, onEpoch, signal } = training;
  return withLabelledFiles(training, async (files) => {
    const report = await createChildTrainer().fineTune(
      {
        model: rowModel(described.model),
        training: { kind: 'table', settings: fineTune, search: null, warmStart: null },
        ...files,
        outFolder,
        lineage,
      },
      { onProgress, onEpoch, signal },
    );
    const parameters = weightCount((await readSignature(outFolder)).network);
    return { ...report, trainableParameters: parameters, totalParameters: parameters };
  });
}
