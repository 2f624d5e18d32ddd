import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { io } from '@tensorflow/tfjs';
import { z } from 'zod';
import { invalidBase, unsupportedBase } from '../models/unfit-base.ts';
import { missingFile, nullWhereMissing, parseJson } from '../models/weights-files.ts';

/** What Keras' converter and tfjs call a model in layers; its weights lie beside it, in shards. */
export const LAYERS_FILE = 'model.json';
const WEIGHTS_FILE = 'weights.bin';

const manifestSchema = z.array(
  z.object({
    /** Of this folder: a name that leads elsewhere is refused. */
    paths: z.array(z.string().regex(/^[\w.-]+$/)),
    weights: z.array(z.looseObject({ name: z.string(), shape: z.array(z.int().nonnegative()) })),
  }),
);
const modelSchema = z.looseObject({
  format: z.string().optional(),
  modelTopology: z.looseObject({}),
  weightsManifest: manifestSchema,
});

/**
 * Reads and writes a LayersModel as a folder, for `tf.loadLayersModel` and `model.save`: `model.json` and its weights,
 * whole or in shards.
 *
 * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED` from `load`
 */
export const layersFiles = (folder: string): io.IOHandler => ({
  async load() {
    const { modelTopology, weightsManifest } = await readModelJson(folder);
    const shards = await Promise.all(
      weightsManifest.flatMap(({ paths }) => paths).map((name) => readShard(folder, name)),
    );
    return {
      format: 'layers-model',
      modelTopology,
      weightSpecs: weightsManifest.flatMap(({ weights }) => weights) as unknown as io.WeightsManifestEntry[],
      weightData: Uint8Array.from(Buffer.concat(shards)).buffer,
    };
  },
  async save({ modelTopology, weightSpecs = [], weightData }) {
    const parts = Array.isArray(weightData) ? weightData : [weightData ?? new ArrayBuffer(0)];
    const weights = Buffer.concat(parts.map((part) => Buffer.from(part)));
    const json = {
      format: 'layers-model',
      generatedBy: 'Driftloop',
      convertedBy: null,
      modelTopology,
      weightsManifest: [{ paths: [WEIGHTS_FILE], weights: weightSpecs }],
    };
    await writeFile(path.join(folder, LAYERS_FILE), JSON.stringify(json));
    await writeFile(path.join(folder, WEIGHTS_FILE), weights);
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  },
});

async function readModelJson(folder: string): Promise<z.output<typeof modelSchema>> {
  const file = path.join(folder, LAYERS_FILE);
  const bytes = await readFile(file).catch(nullWhereMissing);
  if (!bytes) throw missingFile(file);
  const parsed = modelSchema.safeParse(parseJson(LAYERS_FILE, bytes));
  if (!parsed.success)
    throw invalidBase(`${LAYERS_FILE} says no topology, or not which files have its weights`);
  if (parsed.data.format === 'graph-model')
    throw unsupportedBase('a graph that can only answer', 'Convert it as a layers model (tfjs_layers_model)');
  return parsed.data;
}

/**
 * What images a LayersModel takes and how many weights it has, without loading it.
 *
 * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED`
 */
export async function readLayersShape(
  folder: string,
): Promise<{ size: { width: number; height: number; channels: number }; weights: number }> {
  const { modelTopology, weightsManifest } = await readModelJson(folder);
  const [, height, width, channels] = inputShape(modelTopology) ?? [];
  if (!height || !width || !channels)
    throw unsupportedBase(
      'no input of one size',
      'Take a LayersModel with an input [null, height, width, channels], each a number',
    );
  const sizes = weightsManifest
    .flatMap(({ weights }) => weights)
    .map(({ shape }) => shape.reduce((a, b) => a * b, 1));
  return { size: { width, height, channels }, weights: sizes.reduce((a, b) => a + b, 0) };
}

/** The first in the order of the layers; Keras 2, Keras 3 and tfjs spell it in three ways. */
function inputShape(json: unknown): (number | null)[] | null {
  if (json === null || typeof json !== 'object') return null;
  for (const [key, value] of Object.entries(json)) {
    if (/^batch_?(input_?)?shape$/i.test(key) && Array.isArray(value)) return value as (number | null)[];
    const inner = inputShape(value);
    if (inner) return inner;
  }
  return null;
}

async function readShard(folder: string, name: string): Promise<Uint8Array> {
  const bytes = await readFile(path.join(folder, name)).catch(nullWhereMissing);
  if (!bytes) throw invalidBase(`${LAYERS_FILE} promises a file ${name}, which is not there`);
  return bytes;
}
