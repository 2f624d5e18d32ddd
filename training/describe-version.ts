import { DriftloopError } from '../domain/errors.ts';
import type { Feature } from '../domain/input.ts';
import type { ReferenceShares } from '../domain/reference-shares.ts';
import type { Task } from '../domain/task.ts';
import { readSignature } from './artifact.ts';
import { isCommandSignature, readCommandSignature } from './command/command-signature.ts';
import { imageSignatureSchema, isImageSignature } from './image-classification/image-artifact.ts';
import { readSignatureFile, readSignatureJson } from './signature-file.ts';
import { weightCount } from './tabular/network.ts';
import { isGeneratorSignature } from './text-generation/generator-artifact.ts';
import {
  isMultiLabelSignature,
  isTextSignature,
  textSignatureSchema,
} from './text-classification/text-artifact.ts';

/** What answers for a version: a kind of network, or a program of the team's. */
export type VersionKind = 'tabular' | 'text' | 'image' | 'command';

/** What a version says of itself, whatever answers for it. */
export type VersionDescription = {
  model: { name: string; task: Task; input: Record<string, Feature> };
  /** What its live rows are compared with. */
  reference: ReferenceShares;
} & ({ kind: 'tabular'; /** Of its network. */ weights: number } | { kind: Exclude<VersionKind, 'tabular'> });

/**
 * Of which kind an artifact is. Throws `DL_ARTIFACT_CORRUPT` where the folder holds none, `DL_TASK_UNFIT` for a model that
 * writes, and for one that gives any number of labels.
 */
export async function kindOfVersion(folder: string): Promise<VersionKind> {
  const json = await readSignatureJson(folder);
  if (isCommandSignature(json)) return 'command';
  if (isTextSignature(json)) return 'text';
  if (isImageSignature(json)) return 'image';
  const unserved = isGeneratorSignature(json)
    ? 'writes texts'
    : isMultiLabelSignature(json)
      ? 'gives texts any number of labels'
      : null;
  if (unserved === null) return 'tabular';
  throw new DriftloopError(
    'DL_TASK_UNFIT',
    `The version in ${folder} ${unserved}, which the loop cannot serve yet.`,
    { fix: 'Answer a file with it: driftloop predict --artifact DIR --data FILE.' },
  );
}

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
    case 'image': {
      const { model, reference } = await readSignatureFile(folder, imageSignatureSchema);
      return { kind, model, reference: reference ?? { features: {}, labels: {} } };
    }
    case 'command': {
      const { model, reference } = await readCommandSignature(folder);
      return { kind, model, reference };
    }
    default:
      return kind satisfies never;
  }
}
