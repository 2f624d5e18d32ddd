import type { Tf } from '../../../../training/backend.ts';
import { imageLogits } from '../../../../training/models/heads.ts';
import { pixelShapeOf } from '../../../../training/models/image-network.ts';
import { pixelsOf, readPixelScale } from '../../../../training/models/image-pixels.ts';
import type { VitConfig } from '../../../../training/models/vit-config.ts';
import { vitNorm, vitStates } from '../../../../training/models/vit.ts';
import { meanCrossEntropy } from '../../../../training/softmax.ts';
import { expectKnownKeys, expectNumbers, flat, STATES } from '../vector-model.ts';
import type { VectorKind, VectorModel } from '../vector-model.ts';
import { tidyNetwork } from '../with-network.ts';
import type { VectorNetwork } from '../with-network.ts';

type Expected = {
  images_uint8_hwc: number[][][][];
  pixel_values_image0_chw: number[][][];
  last_hidden_state: number[][][];
  logits: number[][];
  labels: number[];
  cross_entropy: number;
  debug_image0: { hidden_states_per_layer: number[][][] };
  bf16?: { file: string; logits: number[][] };
  f16?: { file: string; logits: number[][] };
};

const KNOWN = [
  'arch',
  'images_uint8_hwc',
  'normalisation',
  'pixel_values_image0_chw',
  'last_hidden_state',
  'logits',
  'labels',
  'cross_entropy',
  'debug_image0',
  'bf16',
  'f16',
  'max_abs_diff_f32_f64',
];

/** Hidden states, class scores and their loss of a network for images. */
export const imageStates: VectorKind = {
  covers: (file, model) =>
    isVit(model) && /^(config|expected|preprocessor_config)\.json$|^model(\.\w+)?\.safetensors$/.test(file),
  cases: (model) =>
    isVit(model)
      ? [
          { title: 'pixels, hidden states, logits, loss', run: (tf) => statesAgree(tf, model) },
          ...halvesOf(model).map((half) => ({
            title: `logits of weights in ${half.file}`,
            run: (tf: Tf) => halfAgrees(tf, model, half),
          })),
        ]
      : [],
};

const isVit = (model: VectorModel) =>
  (model.json('config.json') as { model_type: string }).model_type === 'vit';
const read = (model: VectorModel) => model.json('expected.json') as Expected;
const headFor = ({ logits }: Pick<Expected, 'logits'>) =>
  ({ kind: 'classes', classes: logits[0]!.length }) as const;
const halvesOf = (model: VectorModel) =>
  [read(model).bf16, read(model).f16].filter((half) => half !== undefined);

const imagesOf = (model: VectorModel, { config }: VectorNetwork<VitConfig>) =>
  pixelsOf(
    read(model).images_uint8_hwc.map((image) => Uint8Array.from(flat(image))),
    pixelShapeOf(config),
    readPixelScale(model.json('preprocessor_config.json'), config),
  );

async function statesAgree(tf: Tf, model: VectorModel): Promise<void> {
  const expected = read(model);
  expectKnownKeys(expected, KNOWN, 'expected.json');
  expectKnownKeys(expected.debug_image0, ['hidden_states_per_layer', 'note', 'checked'], 'debug_image0');
  await tidyNetwork<VitConfig>(tf, model.folder, headFor(expected), (network) => {
    const { config, weights } = network;
    const images = imagesOf(model, network);
    const pixels = flat(expected.pixel_values_image0_chw);
    expectNumbers(images.pixels.subarray(0, pixels.length), pixels, { abs: 1e-6 }, 'pixels');
    const states = vitStates(tf, config, weights, images);
    const last = states.at(-1)!;
    const normal = vitNorm(tf, config, weights, last).dataSync();
    expectNumbers(normal, flat(expected.last_hidden_state), STATES, 'last hidden state');
    const logits = imageLogits(tf, config, weights, last, images.batch).dataSync();
    expectNumbers(logits, flat(expected.logits), STATES, 'logits');
    const loss = meanCrossEntropy(logits, expected.labels, expected.logits[0]!.length);
    expectNumbers([loss], [expected.cross_entropy], { rel: 1e-5 }, 'loss');
    for (const [layer, hidden] of expected.debug_image0.hidden_states_per_layer.entries()) {
      const ofFirst = states[layer]!.slice([0, 0], [hidden.length, config.hidden]).dataSync();
      expectNumbers(ofFirst, flat(hidden), STATES, `hidden state ${layer}`);
    }
  });
}

async function halfAgrees(tf: Tf, model: VectorModel, half: NonNullable<Expected['f16']>): Promise<void> {
  expectKnownKeys(half, ['file', 'note', 'logits'], 'the 16-bit case');
  const variant = /^model\.(\w+)\.safetensors$/.exec(half.file)![1]!;
  await tidyNetwork<VitConfig>(
    tf,
    model.folder,
    headFor(half),
    (network) => {
      const images = imagesOf(model, network);
      const last = vitStates(tf, network.config, network.weights, images).at(-1)!;
      const logits = imageLogits(tf, network.config, network.weights, last, images.batch);
      expectNumbers(logits.dataSync(), flat(half.logits), STATES, 'logits');
    },
    { variant },
  );
}
