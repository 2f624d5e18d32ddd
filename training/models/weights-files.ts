import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { DriftloopError } from '../../domain/errors.ts';
import { headerBytes, LENGTH_BYTES, NotSafetensors, readLayout } from '../safetensors-layout.ts';
import { decodeTensor, isFloat } from '../safetensors.ts';
import type { TensorValues } from '../safetensors.ts';
import { floatPieces } from './float-pieces.ts';
import { invalidBase } from './unfit-base.ts';

/** Weights as transformers names their files: whole, or in shards with an index beside them. */
export const weightsFileName = (variant?: string): string =>
  variant ? `model.${variant}.safetensors` : 'model.safetensors';
const indexFileName = (variant?: string) =>
  variant ? `model.safetensors.index.${variant}.json` : 'model.safetensors.index.json';

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string().regex(/^[\w.-]+$/)) });

/** A tensor of a checkpoint: it is read when it is asked for, and can be until the next tensor is. */
export type CheckpointTensor = {
  name: string;
  shape: readonly number[];
  /** Of 32 or 16 bits. */
  isFloats: boolean;
  /** All of it. */
  values(): Promise<TensorValues>;
  /** The numbers of one that is made of floats, so many at a time; a piece is there until the next is asked for. */
  pieces(numbers: number): AsyncIterable<Float32Array>;
};

/**
 * The tensors of a checkpoint, one after the other; of none is more in memory than is asked for.
 *
 * @param variant such as `fp16`, where a folder has the weights more than once
 * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`
 */
export async function* readWeights(folder: string, variant?: string): AsyncGenerator<CheckpointTensor> {
  const shards = await shardsOf(folder, variant);
  if (!shards) yield* readWeightsFile(path.join(folder, weightsFileName(variant)));
  for (const [file, expected] of shards ?? []) {
    const lacking = new Set(expected);
    for await (const tensor of readWeightsFile(path.join(folder, file))) {
      if (!lacking.delete(tensor.name))
        throw invalidBase(`${file} has "${tensor.name}", which the index does not know there`);
      yield tensor;
    }
    const [first] = lacking;
    if (first) throw invalidBase(`${file} lacks "${first}", which the index promises`);
  }
}

/** The files that `readWeights` reads of a folder, the index of its shards included. */
export async function weightsFilesOf(folder: string): Promise<string[]> {
  const shards = await shardsOf(folder, undefined);
  return shards ? [indexFileName(), ...shards.keys()] : [weightsFileName()];
}

/** Which tensors are in which file; null where one file has all. */
async function shardsOf(folder: string, variant?: string): Promise<Map<string, string[]> | null> {
  const name = indexFileName(variant);
  const bytes = await readFile(path.join(folder, name)).catch(nullWhereMissing);
  if (!bytes) return null;
  const parsed = indexSchema.safeParse(parseJson(name, bytes));
  if (!parsed.success) throw invalidBase(`${name} does not say which file has which tensor`);
  const shards = new Map<string, string[]>();
  for (const [tensor, file] of Object.entries(parsed.data.weight_map))
    shards.set(file, [...(shards.get(file) ?? []), tensor]);
  return shards;
}

async function* readWeightsFile(file: string): AsyncGenerator<CheckpointTensor> {
  const handle = await open(file).catch(nullWhereMissing);
  if (!handle) throw missingFile(file);
  try {
    const { size } = await handle.stat();
    const readInto = async (bytes: Uint8Array, at: number) => {
      let got = 0;
      while (got < bytes.length) {
        const { bytesRead } = await handle.read(bytes, got, bytes.length - got, at + got);
        if (bytesRead === 0) throw new NotSafetensors('it ended while it was read');
        got += bytesRead;
      }
      return bytes;
    };
    const read = async (at: number, length: number) => await readInto(new Uint8Array(length), at);
    const length = headerBytes(await read(0, Math.min(LENGTH_BYTES, size)), size);
    const { dataAt, places } = readLayout(await read(0, LENGTH_BYTES + length), size);
    const piecesOf = floatPieces(readInto);
    for (const { name, dtype, shape, begin, end } of places)
      yield {
        name,
        shape,
        isFloats: isFloat(dtype),
        values: async () => decodeTensor(name, dtype, await read(dataAt + begin, end - begin)),
        pieces: (numbers) => piecesOf({ dtype, from: dataAt + begin, to: dataAt + end }, numbers),
      };
  } catch (error) {
    if (error instanceof NotSafetensors) throw invalidBase(`${path.basename(file)}: ${error.message}`, error);
    throw error;
  } finally {
    await handle.close();
  }
}

export const missingFile = (file: string): DriftloopError =>
  new DriftloopError('DL_BASE_MISSING', `The base model has no file ${file}.`, {
    fix: 'Name a folder with config.json and model.safetensors (or its shards and their index); text models need tokenizer.json too.',
  });

/** @throws {DriftloopError} `DL_BASE_INVALID` */
export function parseJson(name: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw invalidBase(`${name} is not JSON`, error);
  }
}

export function nullWhereMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
}
