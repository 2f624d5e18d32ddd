import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Feature } from '../../domain/input.ts';
import type { EpochScore } from '../../domain/run.ts';
import type { Classification } from '../../domain/task.ts';
import { refuseUnfit } from '../backend-table.ts';
import type { Backend, Tf } from '../backend.ts';
import type { Checkpoints } from '../checkpoints/checkpoints.ts';
import { allLogits } from '../classification/all-logits.ts';
import { answersWith } from '../classification/classifier.ts';
import { networkClassifier } from '../classification/network-classifier.ts';
import { oneLabel } from '../classification/one-label.ts';
import { tuneClassifier } from '../classification/tune-classifier.ts';
import type { ClassifierTuned, LabelledInputs, StagedState } from '../classification/tune-classifier.ts';
import { loadForLabels } from '../fine-tuning/load-for-labels.ts';
import { sayMemory } from '../fine-tuning/say-memory.ts';
import type { TuningProgress } from '../fine-tuning/tuning-meter.ts';
import { labelIndices } from '../label-indices.ts';
import { readBaseConfig } from '../models/model-folder.ts';
import type { LoadedNetwork } from '../models/model-folder.ts';
import type { Relabelled } from '../models/relabel-head.ts';
import { startNetwork } from '../models/start-network.ts';
import { plainWeights } from '../models/weights.ts';
import { disposeNetwork } from '../quantisation/quantised-network.ts';
import type { QuantisedNetwork } from '../quantisation/quantised-network.ts';
import { ARTIFACT_FORMAT } from '../signature.ts';
import { plain } from '../plain.ts';
import { referenceShares } from '../reference.ts';
import type { LabelledRows } from '../tabular/train-tabular.ts';
import { calibrate } from '../temperature.ts';
import { startAsAverage } from '../text/start-as-average.ts';
import { readTokenizer } from '../text/tokenizer-folder.ts';
import type { TextSettings } from './settings.ts';
import { writeTextArtifact } from './text-artifact.ts';
import { textOf } from './text-of.ts';
import { textReader, tokenise } from './text-reader.ts';
import type { TokenisedText } from './text-reader.ts';
import { writeNewBase } from './write-new-base.ts';

export type TextVersion = {
  backend: Backend & { note: string | null };
  model: { name: string; task: Classification; input: Record<string, Feature> };
  /** The folder of a base; null: from scratch. */
  base: string | null;
  settings: TextSettings;
  train: LabelledRows;
  /** For early stopping and calibration. */
  validation: LabelledRows;
  /** Of the time before; null or nothing where there is none to keep. */
  old?: OldTexts | null;
  lineage: Readonly<Record<string, string>>;
  outFolder: string;
  onProgress: (progress: TuningProgress) => void;
  onEpoch?: ((score: EpochScore) => void) | undefined;
  checkpoints?: Checkpoints<StagedState> | undefined;
  signal?: AbortSignal | undefined;
};

/** What is there of what a base was trained on. */
export type OldTexts = Readonly<{
  /** To rehearse. */
  rehearse: LabelledRows;
  /** To measure what is kept. */
  golden: LabelledRows;
}>;

export type TextTuned = Omit<ClassifierTuned<LoadedNetwork>, 'settled'> & { notes: string[] };

/**
 * From texts to an artifact: a base is loaded or begun, trained, calibrated and written as a folder that transformers
 * opens too. Leaves no tensor behind, however it ends.
 *
 * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED`, `DL_TRAINING_OUT_OF_MEMORY`,
 *   `DL_UNKNOWN_LABEL`; the signal's reason when aborted
 */
export async function trainTextVersion(version: TextVersion): Promise<TextTuned> {
  const { backend, model, settings, train, validation, signal } = version;
  refuseUnfit(backend.name, { task: 'text', method: settings.method.kind });
  const { tf } = backend;
  const scratch = await mkdtemp(path.join(tmpdir(), 'driftloop-text-'));
  try {
    const textsOf = ({ rows }: LabelledRows) => rows.map((row) => textOf(model, row));
    if (version.base === null) await writeNewBase(scratch, textsOf(train), settings);
    const base = version.base ?? scratch;
    const { tokenizer } = await readTokenizer(base);
    const labels = model.task.labels;
    const begun = await openNetwork(tf, version, scratch);
    let { network } = begun;
    try {
      const reader = textReader(tf, network.config, tokenizer.padId);
      const encode = (of: LabelledRows): LabelledInputs<TokenisedText> => ({
        inputs: tokenise(tokenizer, textsOf(of), settings.longest),
        labels: labelIndices(model, of.labels),
      });
      const held = validation.rows.length > 0 ? encode(validation) : null;
      const learnt = encode(train);
      const { settled, ...tuned } = await tuneClassifier({
        tf,
        classifier: networkClassifier(tf, network, labels.length, reader),
        labelling: oneLabel(labels.length),
        train: learnt,
        validation: held,
        old: version.old
          ? {
              known: begun.known,
              rehearse: encode(version.old.rehearse),
              golden: encode(version.old.golden),
            }
          : null,
        settings,
        onProgress: version.onProgress,
        onEpoch: version.onEpoch,
        checkpoints: version.checkpoints,
        signal,
      });
      const { steps, epochs, bestEpoch } = tuned;
      network = settled;
      const weights = plainWeights(tf, network.parts, network.parameters);
      const answers = answersWith(reader, weights);
      const logitsOf = ({ inputs }: LabelledInputs<TokenisedText>) =>
        allLogits(tf, answers, { inputs, labels: labels.length });
      const predicted = likeliest(await logitsOf(learnt), labels);
      const notes = [...(backend.note ? [backend.note] : []), ...sayMemory('texts', settings, tuned)];
      await writeTextArtifact(version.outFolder, {
        network,
        base,
        padId: tokenizer.padId,
        signature: {
          format: ARTIFACT_FORMAT,
          kind: 'text-classifier',
          model,
          longest: settings.longest,
          temperature: held ? calibrate(await logitsOf(held), held.labels) : 1,
          reference: plain(referenceShares(model.input, train.rows, model.task, predicted)),
          training: {
            rows: train.rows.length,
            validationRows: validation.rows.length,
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
      disposeNetwork(tf, network);
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The label of the largest logit of each row; the first of equal ones. */
function likeliest(logits: Float32Array, labels: readonly string[]): string[] {
  return Array.from({ length: logits.length / labels.length }, (_, row) => {
    const own = logits.subarray(row * labels.length, (row + 1) * labels.length);
    return labels[own.indexOf(Math.max(...own))]!;
  });
}

async function openNetwork(
  tf: Tf,
  { base, settings: { seed, method }, model }: TextVersion,
  scratch: string,
): Promise<Relabelled<LoadedNetwork | QuantisedNetwork>> {
  const { labels } = model.task;
  if (base !== null)
    return await loadForLabels(tf, base, { labels, seed, inFourBits: method.kind === 'qlora' });
  const { json } = await readBaseConfig(scratch);
  const network = startNetwork(tf, json, { kind: 'classes', classes: labels.length }, seed);
  startAsAverage(tf, network);
  return { network, known: [] };
}
