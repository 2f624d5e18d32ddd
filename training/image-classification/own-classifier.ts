import type { Tf } from '../backend.ts';
import { answersWith } from '../classification/classifier.ts';
import { networkClassifier } from '../classification/network-classifier.ts';
import { oneLabel } from '../classification/one-label.ts';
import { tuneClassifier } from '../classification/tune-classifier.ts';
import { classifierArchitecture } from '../models/classifier-architecture.ts';
import { writeModelFolder } from '../models/model-folder.ts';
import type { LoadedNetwork } from '../models/model-folder.ts';
import type { PixelScale } from '../models/image-pixels.ts';
import { plainWeights } from '../models/weights.ts';
import { disposeNetwork } from '../quantisation/quantised-network.ts';
import type { QuantisedNetwork } from '../quantisation/quantised-network.ts';
import type { ImageClassifier } from './image-classifier.ts';
import { imageConfigOf, imageReader } from './image-reader.ts';

/**
 * A ViT or a convolutional network.
 *
 * @param loaded becomes this classifier's own; what is in 4 bits a number is in floats once it was tuned
 */
export function ownClassifier(
  tf: Tf,
  loaded: LoadedNetwork | QuantisedNetwork,
  { classes, scale }: { classes: number; scale: PixelScale },
): ImageClassifier {
  let network = loaded;
  const reader = imageReader(tf, imageConfigOf(network.config), scale);
  return {
    missing: network.fresh[0] ?? null,
    async tune(tuning) {
      const classifier = networkClassifier(tf, network, classes, reader);
      const { settled, ...tuned } = await tuneClassifier({
        ...tuning,
        tf,
        classifier,
        labelling: oneLabel(classes),
      });
      network = settled;
      return tuned;
    },
    answers: () => answersWith(reader, plainWeights(tf, network.parts, network.parameters)),
    async write(folder, labels) {
      const architecture = classifierArchitecture[network.config.kind];
      const named = {
        ...(architecture === null ? {} : { architectures: [architecture] }),
        id2label: Object.fromEntries(labels.map((label, id) => [String(id), label])),
        label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
      };
      await writeModelFolder(folder, network, named, null);
    },
    dispose: () => disposeNetwork(tf, network),
  };
}
