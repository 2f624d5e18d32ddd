import path from 'node:path';
import type { Feature, InputRow } from '../../domain/input.ts';
import type { EpochScore } from '../../domain/run.ts';
import type { Generation } from '../../domain/task.ts';
import { overBase } from '../adapters/over-base.ts';
import { refuseUnfit } from '../backend-table.ts';
import type { Backend } from '../backend.ts';
import type { Checkpoints } from '../checkpoints/checkpoints.ts';
import { packingOf } from '../classification/settings.ts';
import { fitNetwork } from '../fine-tuning/fit-network.ts';
import type { NetworkFitted } from '../fine-tuning/fit-network.ts';
import type { TuningState } from '../fine-tuning/tuning-state.ts';
import { sayMemory } from '../fine-tuning/say-memory.ts';
import type { TuningProgress } from '../fine-tuning/tuning-meter.ts';
import { parameterCount } from '../models/parts.ts';
import { adamw } from '../optimization/adamw.ts';
import { disposeNetwork } from '../quantisation/quantised-network.ts';
import { sayPacked } from '../quantisation/say-packed.ts';
import { plain } from '../plain.ts';
import { referenceShares } from '../reference.ts';
import { ARTIFACT_FORMAT } from '../signature.ts';
import { answersTunable } from './answers-tunable.ts';
import type { Conversation } from '../../domain/conversation.ts';
import { decoderOf } from './decoder.ts';
import { writeGeneratorArtifact } from './generator-artifact.ts';
import { holdDecoder, loadDecoder } from './hold-decoder.ts';
import { preferencesTunable } from './preferences-tunable.ts';
import { layOut } from './lay-out.ts';
import { readFormat } from './read-format.ts';
import type { GeneratorSettings } from './settings.ts';

/** What was said before, and the answer that it should have; of a preference, also the answer that was liked less. */
export type AnsweredPrompt = Readonly<{ prompt: Conversation; answer: string; rejected: string | null }>;

export type GeneratorVersion = {
  backend: Backend & { note: string | null };
  model: { name: string; task: Generation; input: Record<string, Feature> };
  /** The folder of a base. */
  base: string;
  /** Of the artifact that the base is, where an adapter shall be kept apart from it; null: it is merged. */
  baseDigest?: string | null;
  settings: GeneratorSettings;
  /** All of them preferences, or none. */
  train: readonly AnsweredPrompt[];
  /** For early stopping. */
  validation: readonly AnsweredPrompt[];
  lineage: Readonly<Record<string, string>>;
  outFolder: string;
  onProgress: (progress: TuningProgress) => void;
  onEpoch?: (score: EpochScore) => void;
  checkpoints?: Checkpoints<TuningState>;
  signal?: AbortSignal;
};

export type GeneratorTuned = NetworkFitted & {
  notes: string[];
  trainableParameters: number;
  totalParameters: number;
};

/**
 * From prompts with answers, or with two answers of which one is preferred, to an artifact: a base is loaded, trained
 * and written as a folder that transformers opens too. Leaves no tensor behind, however it ends.
 *
 * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED`, `DL_CONVERSATION_UNFIT`,
 *   `DL_ADAPTER_UNFIT`, `DL_TRAINING_OUT_OF_MEMORY`; the signal's reason when aborted
 */
export async function trainGenerator(version: GeneratorVersion): Promise<GeneratorTuned> {
  const { backend, base, baseDigest = null, settings, train, validation, signal } = version;
  refuseUnfit(backend.name, { task: 'generation', method: settings.method.kind });
  const { tf } = backend;
  const { tokenizer, format, template } = await readFormat(base, train);
  const network = await loadDecoder(tf, base, packingOf(settings.method));
  try {
    const decoder = decoderOf(network.config, tokenizer.padId);
    const longest = Math.min(settings.longest, decoder.config.positions);
    const laidOut = layOut(format, { train, validation }, longest);
    const held = holdDecoder(tf, network, settings.method, settings.seed);
    try {
      const tunable =
        laidOut.kind === 'answers'
          ? answersTunable(tf, decoder, held, laidOut, settings)
          : await preferencesTunable(tf, decoder, held, laidOut, settings, signal);
      const fitted = await fitNetwork({
        tf,
        tunable,
        rule: adamw({ weightDecay: settings.weightDecay }),
        settings,
        onProgress: version.onProgress,
        ...(version.onEpoch ? { onEpoch: version.onEpoch } : {}),
        ...(version.checkpoints ? { checkpoints: version.checkpoints } : {}),
        signal,
      });
      const { steps, epochs, bestEpoch } = fitted;
      const notes = [
        ...(backend.note ? [backend.note] : []),
        ...laidOut.notes,
        ...sayPacked(network),
        ...sayEnd(format.endId),
        ...sayMemory('rows', settings, fitted),
      ];
      await writeGeneratorArtifact(version.outFolder, {
        network,
        template,
        weights: held.settled(),
        adapter: held.adapter,
        signature: {
          format: ARTIFACT_FORMAT,
          kind: 'text-generator',
          model: version.model,
          longest,
          longestAnswer: laidOut.longestAnswer,
          base: path.resolve(base),
          beta: laidOut.kind === 'preferences' ? settings.beta : null,
          training: {
            rows: train.length,
            validationRows: validation.length,
            steps,
            epochs,
            bestEpoch,
            validationLoss: fitted.validation?.loss ?? null,
            backend: backend.name,
            notes,
          },
          reference: plain(
            referenceShares(version.model.input, train.map(rowOf(version.model)), { labels: [] }, []),
          ),
          lineage: { ...version.lineage },
          ...(held.adapter !== null && baseDigest !== null ? { over: overBase(network, baseDigest) } : {}),
        },
      });
      const trainableParameters = [...held.trained.values()].reduce((sum, { size }) => sum + size, 0);
      return { ...fitted, notes, trainableParameters, totalParameters: parameterCount(network.parts) };
    } finally {
      held.dispose();
    }
  } finally {
    disposeNetwork(tf, network);
  }
}

/** What a row of the loop carries of a conversation: the last that was said before the answer. */
const rowOf =
  ({ input }: GeneratorVersion['model']) =>
  ({ prompt }: AnsweredPrompt): InputRow =>
    Object.fromEntries(Object.keys(input).map((name) => [name, prompt.at(-1)?.content ?? null]));

const sayEnd = (endId: number | null): string[] =>
  endId === null ? ['The base has no token that ends a text: answers go on until they are cut off.'] : [];
