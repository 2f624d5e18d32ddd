import type { Feature } from '../domain/input.ts';
import type { ReferenceShares } from '../domain/reference-shares.ts';
import type { DeclaredTask } from '../domain/task.ts';
import { readSignature } from './artifact.ts';
import { isCommandSignature, readCommandSignature } from './command/command-signature.ts';
import { imageSignatureSchema, isImageSignature } from './image-classification/image-artifact.ts';
import { readSignatureFile, readSignatureJson } from './signature-file.ts';
import { weightCount } from './tabular/network.ts';
import { generatorSignatureSchema, isGeneratorSignature } from './text-generation/generator-artifact.ts';
import {
  isMultiLabelSignature,
  multiLabelSignatureSchema,
  isTextSignature,
  textSignatureSchema,
} from './text-classification/text-artifact.ts';

/**
 * What answers for a version: a network for columns, for texts with one label or with any number of labels, for images,
 * one that writes, or a program of the team's.
 */
export type VersionKind = 'tabular' | 'text' | 'labels' | 'image' | 'writer' | 'command';

/** What a version says of itself, whatever answers for it. */
export type VersionDescription = {
  model: { name: string; task: DeclaredTask; input: Record<string, Feature> };
  /** What its live rows are compared with. */
  reference: ReferenceShares;
} & ({ kind: 'tabular'; /** Of its network. */ weights: number } | { kind: Exclude<VersionKind, 'tabular'> });

/** Of which kind an artifact is. Throws `DL_ARTIFACT_CORRUPT` where the folder holds none. */
export async function kindOfVersion(folder: string): Promise<VersionKind> {
  const json = await readSignatureJson(folder);
  if (isCommandSignature(json)) return 'command';
  if (isTextSignature(json)) return 'text';
  if (isImageSignature(json)) return 'image';
  if (isMultiLabelSignature(json)) return 'labels';
  return isGeneratorSignature(json) ? 'writer' : 'tabular';
}

const noReference: ReferenceShares = { features: {}, labels: {} };

/** Reads and checks what a version is, without its weights. Throws `DL_ARTIFACT_CORRUPT`. */
export async function describeVersion(folder: string): Promise<VersionDescription> {
  const kind = await kindOfVersion(folder);
  switch (kind) {
    case 'tabular': {
      const { model, reference, network } = await readSignature(folder);
      return { kind, model, reference, weights: weightCount(network) };
    }
    case 'text': {
      const { model, reference } = await readSignatureFile(folder, textSignatureSchema);
      return { kind, model, reference };
    }
    case 'labels': {
      const { model, reference } = await readSignatureFile(folder, multiLabelSignatureSchema);
      return { kind, model, reference };
    }
    case 'writer': {
      const { model, reference } = await readSignatureFile(folder, generatorSignatureSchema);
      return { kind, model, reference: reference ?? noReference };
    }
    case 'image': {
      const { model, reference } = await readSignatureFile(folder, imageSignatureSchema);
      return { kind, model, reference: reference ?? noReference };
    }
    case 'command': {
      const { model, reference } = await readCommandSignature(folder);
      return { kind, model, reference };
    }
    default:
      return kind satisfies never;
  }
}
