import type { InputRow } from '../../../domain/input.ts';
import { loadBackend } from '../../../infra/tensorflow/backend.ts';
import { networkSpace } from '../../../training/search/space.ts';
import { readSignatureJson } from '../../../training/signature-file.ts';
import {
  openMultiLabelVersion,
  openTextVersion,
} from '../../../training/text-classification/open-text-version.ts';
import { textSituation } from '../../../training/text-classification/recommend-text.ts';
import { isMultiLabelSignature } from '../../../training/text-classification/text-artifact.ts';
import { inProcess } from '../in-process.ts';
import type { OfflineTask } from '../offline-task.ts';
import { readExamples, readInstances } from '../read-examples.ts';
import { describeText } from './describe.ts';
import { labelTaskOf } from './labelled.ts';
import { recommendTexts } from './recommend.ts';
import type { OfflineTextSettings } from './recommend.ts';
import { testTexts } from './test-texts.ts';
import { sayLengths } from './texts.ts';
import { trainOnTexts } from './train.ts';
import { openTextTrials } from './trials.ts';

/** Texts, with a label each or any number: an encoder from scratch, or a base that knows the language. */
export const textTask: OfflineTask<InputRow, OfflineTextSettings> = {
  kind: 'text',
  methods: { scratch: ['full'], base: ['full', 'head', 'lpft', 'lora', 'qlora'] },
  describe: describeText,
  read: readExamples,
  instances: readInstances,
  recommend: (train, { model }, wish) => recommendTexts(train.length, labelTaskOf(model), wish),
  search: {
    space: async (train, { model }, { fineTune, base }) =>
      networkSpace(
        await textSituation({ rows: train.length, classes: labelTaskOf(model).labels.length, base }),
        fineTune.over,
      ),
    open: openTextTrials,
  },
  columnsOf: ({ input }) => input,
  columns: (train, { model }) => [sayLengths(model, train)],
  test: testTexts,
  async train({ fineTune, onProgress, onEpoch, signal, lineage, outFolder, ...rows }) {
    const backend = await loadBackend('text');
    const reports = inProcess(backend.name, onProgress);
    const how = { backend, lineage, outFolder, onProgress: reports.onProgress, onEpoch, signal };
    return reports.trained(await trainOnTexts(rows, fineTune, how));
  },
  async open(folder) {
    const { tf } = await loadBackend('text');
    const isMany = isMultiLabelSignature(await readSignatureJson(folder));
    const { model, lineage, answer } = await (isMany
      ? openMultiLabelVersion(tf, folder)
      : openTextVersion(tf, folder));
    return { model, lineage, answer };
  },
};
