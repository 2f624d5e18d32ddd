import type { Tensor4D } from '@tensorflow/tfjs';
import { DriftloopError } from '../../domain/errors.ts';
import type { Tf } from '../backend.ts';
import type { Answers, Classifier } from '../classification/classifier.ts';
import type { OpenClassifier } from '../classification/open-classifier.ts';
import type { StageMethod } from '../classification/settings.ts';
import { tuneClassifier } from '../classification/tune-classifier.ts';
import { layersFiles } from '../layers-model/layers-files.ts';
import type { LayersNetwork } from '../layers-model/layers-network.ts';
import { pixelsOf } from '../models/image-pixels.ts';
import type { PixelScale } from '../models/image-pixels.ts';
import { trainOnly } from '../models/parameters.ts';
import type { ImageBytes } from './image-reader.ts';

/** A LayersModel of Keras or tfjs; it becomes this classifier's own. */
export function layersClassifier(
  tf: Tf,
  network: LayersNetwork,
  { scale }: { scale: PixelScale },
): OpenClassifier<ImageBytes> {
  const { width, height, channels } = network.size;
  const answers: Answers<ImageBytes> = {
    lengthOf: null,
    logits(images) {
      const shape = { ...network.size, order: 'channels-last' } as const;
      const { batch, pixels } = pixelsOf(images, shape, scale);
      const input: Tensor4D = tf.tensor4d(pixels, [batch, height, width, channels]);
      return network.logits(input);
    },
  };
  const classifier: Classifier<ImageBytes, null> = {
    totalParameters: [...network.parameters.values()].reduce((sum, { size }) => sum + size, 0),
    isNew: (name) => network.isHeadNew && network.head.includes(name),
    hold(method) {
      const isTrained = trainedBy(method, network);
      trainOnly(network.parameters, isTrained);
      return {
        ...answers,
        trained: new Map([...network.parameters].filter(([name]) => isTrained(name))),
        settle: () => null,
        dispose: () => trainOnly(network.parameters, () => false),
      };
    },
  };
  return {
    missing: network.isHeadNew ? network.head[0]! : null,
    async tune(tuning) {
      const { settled: _, ...tuned } = await tuneClassifier({
        ...tuning,
        tf,
        classifier,
      });
      return tuned;
    },
    answers: () => answers,
    over: () => null,
    write: async (folder) => void (await network.model.save(layersFiles(folder))),
    dispose: () => network.dispose(),
  };
}

function trainedBy(method: StageMethod, { head }: LayersNetwork): (name: string) => boolean {
  switch (method.kind) {
    case 'head':
      return (name) => head.includes(name);
    case 'full':
      if (method.frozenLayers === 0 && method.layerRate === 1) return () => true;
      throw unfit('layers in an order that could be frozen, or learn more slowly, from below');
    case 'lora':
    case 'qlora':
      throw unfit(`matrices that ${method.kind} could go beside`);
    default:
      return method satisfies never;
  }
}

const unfit = (what: string) =>
  new DriftloopError('DL_ADAPTER_UNFIT', `A LayersModel has no ${what}.`, {
    fix: 'Train all of it, or its head: --method full, head or lpft.',
  });
