import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Feature } from '../../domain/input.ts';
import type { EpochScore } from '../../domain/run.ts';
import type { Classification } from '../../domain/task.ts';
import type { Backend, Tf } from '../backend.ts';
import { allLogits } from '../classification/all-logits.ts';
import { answersWith } from '../classification/classifier.ts';
import { networkClassifier } from '../classification/network-classifier.ts';
import { tuneClassifier } from '../classification/tune-classifier.ts';
import type { ClassifierTuned, LabelledInputs } from '../classification/tune-classifier.ts';
import type { TuningProgress } from '../fine-tuning/tuning-meter.ts';
import { labelIndices } from '../label-indices.ts';
import { loadNetwork, readBaseConfig } from '../models/model-folder.ts';
import type { LoadedNetwork } from '../models/model-folder.ts';
import { startNetwork } from '../models/start-network.ts';
import { plainWeights } from '../models/weights.ts';
import { loadQuantised } from '../quantisation/quantised-network.ts';
import type { QuantisedNetwork } from '../quantisation/quantised-network.ts';
import { ARTIFACT_FORMAT } from '../signature.ts';
import { calibrate } from '../temperature.ts';
import { buildVocabulary } from '../text/build-vocabulary.ts';
import { newEncoder } from '../text/new-encoder.ts';
import { bertTokenizerConfig, bertTokenizerFile } from '../text/tokenizer-file.ts';
import { readTokenizer } from '../text/tokenizer-folder.ts';
import type { TextSettings } from './settings.ts';
import { writeTextArtifact } from './text-artifact.ts';
import { textReader, tokenise } from './text-reader.ts';
import type { TokenisedText } from './text-reader.ts';

export type LabelledText = Readonly<{ text: string; label: string }>;

export type TextVersion = {
  backend: Backend & { note: string | null };
  model: { name: string; task: Classification; input: Record<string, Feature> };
  /** The folder of a base; null: from scratch. */
  base: string | null;
  settings: TextSettings;
  train: readonly LabelledText[];
  /** For early stopping and calibration. */
  validation: readonly LabelledText[];
  lineage: Readonly<Record<string, string>>;
  outFolder: string;
  onProgress: (progress: TuningProgress) => void;
  onEpoch: (score: EpochScore) => void;
  signal?: AbortSignal;
};

export type TextTuned = Omit<ClassifierTuned<LoadedNetwork>, 'settled'> & { notes: string[] };

/** Pieces of a vocabulary at most, and how often a word has to occur to be one. */
const VOCABULARY = { size: 8_000, least: 2 };

/**
 * From texts to an artifact: a base is loaded or begun, trained, calibrated and written as a folder that transformers
 * opens too. Leaves no tensor behind, however it ends.
 *
 * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED`, `DL_TRAINING_OUT_OF_MEMORY`,
 *   `DL_UNKNOWN_LABEL`; the signal's reason when aborted
 */
export async function trainTextVersion(version: TextVersion): Promise<TextTuned> {
  const { backend, model, settings, train, validation, signal } = version;
  const { tf } = backend;
  const scratch = await mkdtemp(path.join(tmpdir(), 'driftloop-text-'));
  try {
    if (version.base === null) await writeNewBase(scratch, train, settings);
    const base = version.base ?? scratch;
    const { tokenizer } = await readTokenizer(base);
    const labels = model.task.labels;
    let network = await openNetwork(tf, version, labels.length, scratch);
    try {
      const reader = textReader(tf, network.config, tokenizer.padId);
      const encode = (rows: readonly LabelledText[]): LabelledInputs<TokenisedText> => ({
        inputs: tokenise(
          tokenizer,
          rows.map(({ text }) => text),
          settings.longest,
        ),
        labels: labelIndices(
          model,
          rows.map(({ label }) => label),
        ),
      });
      const held = validation.length > 0 ? encode(validation) : null;
      const { settled, ...tuned } = await tuneClassifier({
        tf,
        classifier: networkClassifier(tf, network, labels.length, reader),
        labels: labels.length,
        train: encode(train),
        validation: held,
        settings,
        onProgress: version.onProgress,
        onEpoch: version.onEpoch,
        signal,
      });
      const { steps, epochs, bestEpoch } = tuned;
      network = settled;
      const weights = plainWeights(tf, network.parts, network.parameters);
      const logits =
        held &&
        (await allLogits(tf, answersWith(reader, weights), { inputs: held.inputs, labels: labels.length }));
      const notes = [...(backend.note ? [backend.note] : []), ...sayMemory(settings, tuned)];
      await writeTextArtifact(version.outFolder, {
        network,
        base,
        signature: {
          format: ARTIFACT_FORMAT,
          kind: 'text-classifier',
          model,
          longest: settings.longest,
          temperature: held && logits ? calibrate(logits, held.labels) : 1,
          training: {
            rows: train.length,
            validationRows: validation.length,
            steps,
            epochs,
            bestEpoch,
            validationLoss: tuned.validation?.loss ?? null,
            backend: backend.name,
            notes,
          },
          lineage: { ...version.lineage },
        },
      });
      return { ...tuned, notes };
    } finally {
      release(tf, network);
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const sayMemory = (
  { batchSize, microBatchSize = batchSize }: TextSettings,
  tuned: { microBatchSize: number },
): string[] =>
  tuned.microBatchSize < microBatchSize
    ? [`Memory ran out: from then on ${tuned.microBatchSize} texts were in it at once, and learnt the same.`]
    : [];

/** Words and shape of a base that knows nothing yet. */
async function writeNewBase(
  folder: string,
  train: readonly LabelledText[],
  { longest }: TextSettings,
): Promise<void> {
  const vocabulary = buildVocabulary(
    train.map(({ text }) => text),
    VOCABULARY,
  );
  const files = {
    'config.json': newEncoder({ vocabulary: vocabulary.length, longest }),
    'tokenizer.json': bertTokenizerFile(vocabulary),
    'tokenizer_config.json': bertTokenizerConfig(longest),
  };
  for (const [name, json] of Object.entries(files))
    await writeFile(path.join(folder, name), JSON.stringify(json));
}

function release(tf: Tf, network: LoadedNetwork | QuantisedNetwork): void {
  tf.dispose([...network.parameters.values()]);
  if ('quantised' in network) for (const weight of network.quantised.values()) weight.dispose();
}

async function openNetwork(
  tf: Tf,
  { base, settings }: TextVersion,
  classes: number,
  scratch: string,
): Promise<LoadedNetwork | QuantisedNetwork> {
  const head = { kind: 'classes', classes } as const;
  const { seed, method } = settings;
  if (base === null) {
    const { json } = await readBaseConfig(scratch);
    return startNetwork(tf, json, head, seed);
  }
  return method.kind === 'qlora'
    ? await loadQuantised(tf, base, head, { seed })
    : await loadNetwork(tf, base, head, { seed });
}
