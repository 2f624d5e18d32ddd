import type {
  layers,
  LayersModel,
  SymbolicTensor,
  Tensor,
  Tensor1D,
  Tensor2D,
  Variable,
} from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { linear } from '../models/linear.ts';
import { isTrained } from '../models/linear.ts';
import type { Parameters } from '../models/parameters.ts';
import { startingValues } from '../models/starting-values.ts';
import { invalidBase, unsupportedBase } from '../models/unfit-base.ts';
import { random } from '../random.ts';
import { LAYERS_FILE, layersFiles } from './layers-files.ts';

type Layer = layers.Layer;
type Dense = Layer & { units: number; useBias: boolean };

/** A LayersModel of Keras or tfjs that tells images apart. */
export type LayersNetwork = {
  /** Whole, with probabilities at its end: what is saved. */
  model: LayersModel;
  /** Of the images that it takes. */
  size: { width: number; height: number; channels: number };
  /** Bytes go in as they are: it scales them itself. */
  scalesItself: boolean;
  /** What can be learnt, by the names of tfjs. Statistics of batches are none of it: they stay. */
  parameters: Parameters;
  /** Names of the head's parameters. */
  head: readonly string[];
  /** Whether the head began anew. */
  isHeadNew: boolean;
  /** Logits [batch, classes] of pixels [batch, height, width, channels]; belong to the open `tidy`. */
  logits(pixels: Tensor): Tensor2D;
  dispose(): void;
};

/**
 * Loads a LayersModel with a head for so many classes: its own where that has as many, else a new one, begun from the
 * seed, in its place. Every layer computes as it does in an answer: dropout drops nothing and batch normalisation keeps
 * its statistics, as is usual in fine-tuning on few rows.
 *
 * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED`
 */
export async function loadLayersNetwork(
  tf: Tf,
  folder: string,
  { classes, seed }: { classes: number; seed: number },
): Promise<LayersNetwork> {
  const files = layersFiles(folder);
  // Read before tfjs does, so that what the files lack is told in our words.
  const artifacts = await files.load!();
  const base = await tf.loadLayersModel({ load: async () => artifacts }).catch((error: unknown) => {
    throw invalidBase(`${LAYERS_FILE}: ${error instanceof Error ? error.message : String(error)}`, error);
  });
  try {
    return withHead(tf, base, { classes, seed });
  } catch (error) {
    base.dispose();
    throw error;
  }
}

function withHead(
  tf: Tf,
  base: LayersModel,
  { classes, seed }: { classes: number; seed: number },
): LayersNetwork {
  const size = imageSizeOf(base);
  const old = lastDense(base);
  const features = old ? (old.input as SymbolicTensor) : base.outputs[0]!;
  const inputs = features.shape.at(-1);
  if (features.shape.length !== 2 || typeof inputs !== 'number')
    throw unsupportedBase(
      `an output of shape [${features.shape.join(', ')}]`,
      'Take a LayersModel that ends with a row of features or of classes for each image',
    );
  const isHeadNew = old?.units !== classes;
  const name = old?.name ?? 'classifier';
  const head = tf.layers.dense({ units: classes, activation: 'softmax', useBias: true, name });
  const outputs = head.apply(features) as SymbolicTensor;
  setWeights(tf, head, isHeadNew ? null : old, { inputs, classes, seed });
  const model = tf.model({ inputs: base.inputs, outputs, name: base.name });
  const trunk = tf.model({ inputs: base.inputs, outputs: features });
  const every = model.layers.flatMap(leaves);
  for (const layer of every) layer.trainable = true;
  const [kernel, bias] = head.trainableWeights.map((weight) => weight.read()) as [Variable, Variable];
  const parameters = named(every);
  return {
    model,
    size,
    scalesItself: every.some((layer) => layer.getClassName() === 'Rescaling'),
    parameters,
    head: [...parameters].filter(([, one]) => one === kernel || one === bias).map(([key]) => key),
    isHeadNew,
    logits: (pixels) =>
      linear(tf, trunk.apply(pixels, { training: false }) as Tensor2D, {
        weight: kernel as Tensor as Tensor2D,
        bias: bias as Tensor as Tensor1D,
        layout: 'in-out',
        trains: { weight: isTrained(kernel), bias: isTrained(bias) },
      }),
    dispose() {
      // Layers are shared by three models, and count only one: the variables are freed themselves.
      const all = [...every, ...base.layers.flatMap(leaves)].flatMap(({ weights }) => weights);
      tf.dispose(all.map((weight) => weight.read()));
    },
  };
}

/** Layers may be models in their turn. */
const leaves = (layer: Layer): Layer[] =>
  'layers' in layer ? (layer as unknown as LayersModel).layers.flatMap(leaves) : [layer];

function imageSizeOf({ inputs }: LayersModel): LayersNetwork['size'] {
  const [, height, width, channels] = inputs[0]?.shape ?? [];
  if (inputs.length === 1 && height && width && channels) return { width, height, channels };
  throw unsupportedBase(
    `inputs of the shapes ${inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(', ')}`,
    'Take a LayersModel with one input [null, height, width, channels], each a number',
  );
}

/** The matrix that answers: the last layer, or the one before its activation; null where there is none. */
function lastDense(model: LayersModel): Dense | null {
  let layer: Layer | undefined = model.outputs.length === 1 ? model.outputs[0]!.sourceLayer : undefined;
  while (layer && ['Activation', 'Softmax', 'Dropout'].includes(layer.getClassName()))
    layer = (layer.input as SymbolicTensor).sourceLayer;
  return layer?.getClassName() === 'Dense' ? (layer as Dense) : null;
}

function setWeights(
  tf: Tf,
  head: Layer,
  old: Dense | null,
  { inputs, classes, seed }: { inputs: number; classes: number; seed: number },
): void {
  tf.tidy(() => {
    if (old) {
      const [kernel, bias] = old.getWeights();
      head.setWeights([kernel!, bias ?? tf.zeros([classes])]);
      return;
    }
    const shape = [inputs, classes];
    const values = startingValues(
      { name: 'kernel', shape, starts: { spread: 1 / Math.sqrt(inputs) } },
      random(seed),
    );
    head.setWeights([tf.tensor(values, shape), tf.zeros([classes])]);
  });
}

/** Each by a name of its own, the same whenever the model is loaded. */
function named(every: readonly Layer[]): Map<string, Variable> {
  const parameters = new Map<string, Variable>();
  for (const { originalName, read } of every.flatMap(trainedWeights)) {
    const twins = [...parameters.keys()].filter((key) => key.replace(/#\d+$/, '') === originalName).length;
    parameters.set(twins === 0 ? originalName : `${originalName}#${twins + 1}`, read());
  }
  return parameters;
}

const trainedWeights = (layer: Layer) =>
  layer.trainableWeights.map((weight) => ({
    originalName: weight.originalName,
    read: () => weight.read() as Variable,
  }));
