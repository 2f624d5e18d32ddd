import type { InputRow } from '../../../domain/input.ts';
import type { Output } from '../../../domain/task.ts';
import { loadBackend } from '../../../infra/tensorflow/backend.ts';
import { evaluateVersion } from '../../../training/evaluate-version.ts';
import { networkSpace } from '../../../training/search/space.ts';
import { textSituation } from '../../../training/text-classification/recommend-text.ts';
import { textOf } from '../../../training/text-classification/text-of.ts';
import { openTextVersion } from '../../../training/text-classification/open-text-version.ts';
import { trainTextVersion } from '../../../training/text-classification/train-text-version.ts';
import { inProcess } from '../in-process.ts';
import type { OfflineTask } from '../offline-task.ts';
import { readExamples, readInstances } from '../read-examples.ts';
import { labelShares } from '../label-shares.ts';
import { describeText } from './describe.ts';
import { classificationOf, labelledRows } from './labelled.ts';
import { recommendTexts } from './recommend.ts';
import type { OfflineTextSettings } from './recommend.ts';
import { lengthSlice, sayLengths } from './texts.ts';
import { openTextTrials } from './trials.ts';

/** The draws of the bootstrap; the same rows and answers give the same intervals. */
const SEED = 1;

/** Texts, a label each: an encoder from scratch, or a base that knows the language. */
export const textTask: OfflineTask<InputRow, OfflineTextSettings> = {
  kind: 'text',
  methods: { scratch: ['full'], base: ['full', 'head', 'lpft', 'lora', 'qlora'] },
  describe: describeText,
  read: readExamples,
  instances: readInstances,
  recommend: (train, { model }, wish) =>
    recommendTexts(train.length, model.task.kind === 'classification' ? model.task.labels.length : 0, wish),
  search: {
    space: async (train, { model }, { fineTune, base }) =>
      networkSpace(
        await textSituation({ rows: train.length, classes: classificationOf(model).labels.length, base }),
        fineTune.over,
      ),
    open: openTextTrials,
  },
  columnsOf: ({ input }) => input,
  columns: (train, { model }) => [sayLengths(model, train)],
  async test({ model, answer }, { train, test }) {
    return evaluateVersion({
      task: classificationOf(model),
      rows: test,
      outputs: (await answer(test.map(({ input }) => input))) as Output[],
      trainingShares: labelShares(train),
      slicesOf: (row) => lengthSlice(textOf(model, test[row]!.input)),
      seed: SEED,
    });
  },
  async train({
    described: { model },
    fineTune,
    train,
    validation,
    old,
    onProgress,
    onEpoch,
    signal,
    ...to
  }) {
    const backend = await loadBackend('text');
    const reports = inProcess(backend.name, onProgress);
    const { base, ...settings } = fineTune;
    return reports.trained(
      await trainTextVersion({
        backend,
        model: { ...model, task: classificationOf(model) },
        base,
        settings,
        train: labelledRows(train),
        validation: labelledRows(validation),
        old: old && { rehearse: labelledRows(old.rehearse), golden: labelledRows(old.golden) },
        lineage: to.lineage,
        outFolder: to.outFolder,
        onProgress: reports.onProgress,
        onEpoch,
        signal,
      }),
    );
  },
  async open(folder) {
    const { tf } = await loadBackend('text');
    const { model, lineage, answer } = await openTextVersion(tf, folder);
    return { model, lineage, answer };
  },
};
