import type { Output } from '../../../domain/task.ts';
import { loadBackend } from '../../../infra/tensorflow/backend.ts';
import { evaluateVersion } from '../../../training/evaluate-version.ts';
import type { ImageBytes } from '../../../training/image-classification/image-reader.ts';
import { openImageVersion } from '../../../training/image-classification/open-image-version.ts';
import { imageSituation, recommendImages } from '../../../training/image-classification/recommend-images.ts';
import type { ImageSettings } from '../../../training/image-classification/settings.ts';
import { trainImageVersion } from '../../../training/image-classification/train-image-version.ts';
import { networkSpace } from '../../../training/search/space.ts';
import { openClassifierTrials } from '../classifier-trials.ts';
import { inProcess } from '../in-process.ts';
import { labelShares } from '../label-shares.ts';
import type { Example, OfflineTask } from '../offline-task.ts';
import { classificationOf } from '../text/labelled.ts';
import { describeImages } from './describe.ts';
import { imageColumns, imageSlices } from './images.ts';
import { imageFeature, readImageInstances, readImages } from './read-images.ts';

type OfflineImageSettings = ImageSettings & { validationShare: number; base: string | null };

/** The draws of the bootstrap; the same rows and answers give the same intervals. */
const SEED = 1;

/** Images, a label each: a small convolutional network from scratch, or a base that has seen many. */
export const imageTask: OfflineTask<ImageBytes, OfflineImageSettings> = {
  kind: 'image',
  methods: { scratch: ['full'], base: ['full', 'head', 'lpft', 'lora', 'qlora'] },
  describe: describeImages,
  read: readImages,
  instances: readImageInstances,
  async recommend(train, { model }, { base, old, fineTune: wish }) {
    const { labels } = classificationOf(model);
    const size = imageFeature(model).feature;
    const { settings, said } = await recommendImages({ rows: train.length, labels, size, base, old }, wish);
    return { fineTune: { ...settings, base }, settings: said };
  },
  search: {
    async space(train, { model }, { fineTune, base }) {
      const { labels } = classificationOf(model);
      return networkSpace(
        await imageSituation({ rows: train.length, classes: labels.length, base }),
        fineTune.over,
      );
    },
    async open({ described: { model }, candidates, train, validation, signal }) {
      const backend = await loadBackend('image');
      const fixed = {
        backend,
        model: { ...model, task: classificationOf(model) },
        size: imageFeature(model).feature,
        train: labelledImages(train),
        validation: labelledImages(validation),
        signal,
      };
      return openClassifierTrials({
        candidates,
        rows: train.length,
        train: ({ base, ...settings }, stretch) =>
          trainImageVersion({ ...fixed, ...stretch, base, settings }),
      });
    },
  },
  columns: (train, described) => imageColumns(described, imagesOf(train)),
  async test({ model, answer }, { train, test }) {
    const sliceOf = imageSlices(imagesOf(train));
    return evaluateVersion({
      task: classificationOf(model),
      rows: test,
      outputs: (await answer(imagesOf(test))) as Output[],
      trainingShares: labelShares(train),
      slicesOf: (row) => sliceOf(test[row]!.input),
      seed: SEED,
    });
  },
  async train({ described: { model }, fineTune, train, validation, old, onProgress, ...to }) {
    const backend = await loadBackend('image');
    const { base, ...settings } = fineTune;
    const process = inProcess(backend.name, onProgress);
    const tuned = await trainImageVersion({
      ...to,
      backend,
      model: { ...model, task: classificationOf(model) },
      size: imageFeature(model).feature,
      base,
      settings,
      train: labelledImages(train),
      validation: labelledImages(validation),
      old: old && { rehearse: labelledImages(old.rehearse), golden: labelledImages(old.golden) },
      onProgress: process.onProgress,
    });
    return process.trained(tuned);
  },
  async open(folder) {
    const { tf } = await loadBackend('image');
    const { model, lineage, answer } = await openImageVersion(tf, folder);
    return { model, lineage, answer };
  },
};

const imagesOf = (examples: readonly Example<ImageBytes>[]) => examples.map(({ input }) => input);
const labelledImages = (examples: readonly Example<ImageBytes>[]) => ({
  images: imagesOf(examples),
  labels: examples.map(({ label }) => label),
});
