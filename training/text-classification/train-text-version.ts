import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Feature } from '../../domain/input.ts';
import type { EpochScore } from '../../domain/run.ts';
import type { Classification } from '../../domain/task.ts';
import { refuseUnfit } from '../backend-table.ts';
import type { Backend } from '../backend.ts';
import type { Checkpoints } from '../checkpoints/checkpoints.ts';
import { openNetwork } from '../classification/open-classifier.ts';
import { teach } from '../classification/teach.ts';
import type { Taught } from '../classification/teach.ts';
import type { LabelledInputs, StagedState } from '../classification/tune-classifier.ts';
import { loadForLabels } from '../fine-tuning/load-for-labels.ts';
import type { TuningProgress } from '../fine-tuning/tuning-meter.ts';
import { labelIndices } from '../label-indices.ts';
import { readBaseConfig } from '../models/model-folder.ts';
import type { BaseConfig, LoadedNetwork } from '../models/model-folder.ts';
import type { Relabelled } from '../models/relabel-head.ts';
import { startNetwork } from '../models/start-network.ts';
import type { QuantisedNetwork } from '../quantisation/quantised-network.ts';
import { plain } from '../plain.ts';
import { referenceShares } from '../reference.ts';
import type { LabelledRows } from '../tabular/train-tabular.ts';
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
  /** Of the time before; null or nothing where there is none to learn from again, or to measure by. */
  old?: OldTexts | null;
  /** Said of the version, beside what the training says itself. */
  notes?: readonly string[];
  lineage: Readonly<Record<string, string>>;
  outFolder: string;
  onProgress: (progress: TuningProgress) => void;
  onEpoch?: ((score: EpochScore) => void) | undefined;
  checkpoints?: Checkpoints<StagedState> | undefined;
  signal?: AbortSignal | undefined;
};

const noRows: LabelledRows = { rows: [], labels: [] };

/** What is there of what a base was trained on. */
export type OldTexts = Readonly<{
  /** To rehearse. */
  rehearse: LabelledRows;
  /** To measure what is kept. */
  golden: LabelledRows;
}>;

/**
 * From texts to an artifact: a base is loaded or begun, trained, calibrated and written as a folder that transformers
 * opens too. Leaves no tensor behind, however it ends.
 *
 * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED`, `DL_TRAINING_OUT_OF_MEMORY`,
 *   `DL_UNKNOWN_LABEL`; the signal's reason when aborted
 */
export async function trainTextVersion(version: TextVersion): Promise<Taught> {
  const { backend, model, settings, train, validation } = version;
  const { rehearse, golden } = version.old ?? { rehearse: noRows, golden: noRows };
  refuseUnfit(backend.name, { task: 'text', method: settings.method.kind });
  const { tf } = backend;
  const scratch = await mkdtemp(path.join(tmpdir(), 'driftloop-text-'));
  try {
    const textsOf = ({ rows }: LabelledRows) => rows.map((row) => textOf(model, row));
    if (version.base === null) await writeNewBase(scratch, textsOf(train), settings);
    const base = version.base ?? scratch;
    const [{ tokenizer }, { config, json }] = await Promise.all([readTokenizer(base), readBaseConfig(base)]);
    const { padId } = tokenizer;
    const { labels } = model.task;
    const reader = textReader(tf, config, padId);
    const { network, known } = await beginOrLoad(version, json);
    const classifier = openNetwork(tf, network, {
      classes: labels.length,
      reader,
      base,
      said: () => ({
        problem_type: 'single_label_classification',
        // Without it transformers asks a decoder about one text at a time only.
        ...(config.kind === 'bert' ? {} : { pad_token_id: padId }),
      }),
    });
    try {
      const encode = (of: LabelledRows): LabelledInputs<TokenisedText> => ({
        inputs: tokenise(tokenizer, textsOf(of), settings.longest),
        labels: labelIndices(model, of.labels),
      });
      const { taught, signed, predicted } = await teach(classifier, {
        backend,
        labels,
        rowsAre: 'texts',
        notes: version.notes ?? [],
        train: encode(train),
        validation: encode(validation),
        // What a base knows it may be held to without any old rows.
        old: version.base === null ? null : { known, rehearse: encode(rehearse), golden: encode(golden) },
        settings,
        onProgress: version.onProgress,
        onEpoch: version.onEpoch,
        checkpoints: version.checkpoints,
        signal: version.signal,
      });
      await writeTextArtifact(version.outFolder, classifier, {
        ...signed,
        kind: 'text-classifier',
        model,
        longest: settings.longest,
        reference: plain(referenceShares(model.input, train.rows, model.task, predicted)),
        lineage: { ...version.lineage },
      });
      return taught;
    } finally {
      classifier.dispose();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function beginOrLoad(
  { backend: { tf }, base, settings: { seed, method }, model }: TextVersion,
  json: BaseConfig['json'],
): Promise<Relabelled<LoadedNetwork | QuantisedNetwork>> {
  const { labels } = model.task;
  if (base !== null)
    return await loadForLabels(tf, base, { labels, seed, inFourBits: method.kind === 'qlora' });
  const network = startNetwork(tf, json, { kind: 'classes', classes: labels.length }, seed);
  startAsAverage(tf, network);
  return { network, known: [] };
}
