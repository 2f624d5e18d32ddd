import path from 'node:path';
import { writeLora } from '../adapters/adapter-folder.ts';
import { ADAPTER_FOLDER, overBase } from '../adapters/over-base.ts';
import type { OverBase } from '../adapters/over-base.ts';
import type { Tf } from '../backend.ts';
import { classifierArchitecture } from '../models/classifier-architecture.ts';
import type { ModelConfig } from '../models/config.ts';
import { writeConfigFolder, writeModelFolder } from '../models/model-folder.ts';
import type { LoadedNetwork } from '../models/model-folder.ts';
import { disposeNetwork, isAdapted, storedOf, weightsOf } from '../quantisation/quantised-network.ts';
import type { AdaptedNetwork, QuantisedNetwork } from '../quantisation/quantised-network.ts';
import { answersWith } from './classifier.ts';
import type { Answers, Reader } from './classifier.ts';
import { networkClassifier } from './network-classifier.ts';
import { tuneClassifier } from './tune-classifier.ts';
import type { ClassifierTuned, ClassifierTuning } from './tune-classifier.ts';

export type OpenTuning<Input, Truth = number> = Omit<
  ClassifierTuning<Input, unknown, Truth>,
  'tf' | 'classifier'
>;
export type OpenTuned = Omit<ClassifierTuned<unknown>, 'settled'>;

/** A base that an adapter is kept apart from: its artifact, and its name for PEFT. */
export type ApartFrom = Readonly<{ digest: string; name: string }>;

/** What tells inputs apart, in memory, whatever it is made of: it is taught, asked, and written down. */
export type OpenClassifier<Input> = {
  /** Teaches it. Throws what `tuneClassifier` throws. */
  tune<Truth>(tuning: OpenTuning<Input, Truth>): Promise<OpenTuned>;
  /** What it answers as it is now. */
  answers(): Answers<Input>;
  /** Writes its config and its weights into a folder; of an adapter that is kept apart only those of the adapter. */
  write(folder: string, labels: readonly string[]): Promise<void>;
  /** What it is an adapter over, once it has learnt one that is kept apart; null: it stands alone. */
  over(): OverBase | null;
  /** A parameter of the head that the folder had not got; null where all of it was there. */
  missing: string | null;
  /** Frees its memory. */
  dispose(): void;
};

/**
 * A network of Driftloop's own parts; it becomes this classifier's.
 *
 * @param said what its `config.json` says beside its shape and its labels
 * @param base the folder whose tokenizer goes with it; null: none does
 * @param apartFrom the base that an adapter is kept apart from; null: it is merged
 */
export function openNetwork<Input>(
  tf: Tf,
  loaded: LoadedNetwork | QuantisedNetwork | AdaptedNetwork,
  {
    classes,
    reader,
    said = () => ({}),
    base = null,
    apartFrom = null,
  }: {
    classes: number;
    reader: Reader<Input>;
    said?: (config: ModelConfig) => Readonly<Record<string, unknown>>;
    base?: string | null;
    apartFrom?: ApartFrom | null;
  },
): OpenClassifier<Input> {
  let network = loaded;
  return {
    missing: network.fresh[0] ?? null,
    async tune(tuning) {
      const classifier = networkClassifier(tf, network, classes, reader, apartFrom !== null);
      const { settled, ...tuned } = await tuneClassifier({ ...tuning, tf, classifier });
      network = settled;
      return tuned;
    },
    answers: () => answersWith(reader, weightsOf(tf, network)),
    async write(folder, labels) {
      const architecture = classifierArchitecture[network.config.kind];
      const named = {
        ...(architecture === null ? {} : { architectures: [architecture] }),
        ...said(network.config),
        id2label: Object.fromEntries(labels.map((label, id) => [String(id), label])),
        label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
      };
      if (!isAdapted(network))
        return await writeModelFolder(folder, { ...network, parameters: storedOf(tf, network) }, named, base);
      await writeConfigFolder(folder, network.json, named, base);
      await writeLora(path.join(folder, ADAPTER_FOLDER), network.adapter, network, {
        base: apartFrom!.name,
        task: 'SEQ_CLS',
      });
    },
    over: () => (apartFrom !== null && isAdapted(network) ? overBase(network, apartFrom.digest) : null),
    dispose: () => disposeNetwork(tf, network),
  };
}
