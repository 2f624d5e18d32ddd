import { setImmediate as breathe } from 'node:timers/promises';
import { conversationOf } from '../../domain/conversation.ts';
import { DriftloopError } from '../../domain/errors.ts';
import { imageOf } from '../../domain/input.ts';
import type { InputRow } from '../../domain/input.ts';
import type { AnyOutput } from '../../domain/task.ts';
import { notAWriter } from '../../domain/writing.ts';
import type { TrainedTask } from '../../training/backend-table.ts';
import type { Tf } from '../../training/backend.ts';
import { readArtifact, regressorOf, trainedOf } from '../../training/artifact.ts';
import { kindOfVersion } from '../../training/describe-version.ts';
import type { VersionKind } from '../../training/describe-version.ts';
import { openImageVersion } from '../../training/image-classification/open-image-version.ts';
import { outputsOf, predictTabular } from '../../training/tabular/predict-tabular.ts';
import { predictValues } from '../../training/tabular/train-regression.ts';
import { encode } from '../../training/tabular/preprocessing.ts';
import { tensorflowNetwork } from '../../training/tabular/tensorflow-network.ts';
import type { TrainedTabular } from '../../training/tabular/train-tabular.ts';
import {
  openMultiLabelVersion,
  openTextVersion,
} from '../../training/text-classification/open-text-version.ts';
import { createSharedBases } from '../../training/adapters/shared-bases.ts';
import type { SharedBases } from '../../training/adapters/shared-bases.ts';
import { createTensorPool } from '../../training/models/tensor-pool.ts';
import { textOf } from '../../training/text-classification/text-of.ts';
import { openGenerator } from '../../training/text-generation/open-generator.ts';
import type { OpenGenerator } from '../../training/text-generation/open-generator.ts';
import type { LoadedBackend } from './backend.ts';
import type { Engine, FromPredictor, StopWriting, ToPredictor } from './child-messages.ts';
import { dieWithParent } from './fork-child.ts';
import { sendError } from './sent-error.ts';

/** A child process that answers instances with the versions that it was told to load, side by side. */

type LoadedVersion = {
  backend: string;
  predict(rows: readonly InputRow[]): AnyOutput[] | Promise<AnyOutput[]>;
  /** Of a version that writes. */
  write?: OpenGenerator['write'];
  dispose(): void;
};

/** By key. A promise, so that a prediction that comes while its version loads waits for it. */
const versions = new Map<string, Promise<LoadedVersion>>();

/** Versions that write are large, and often of one base. */
const pool = createTensorPool();

/** Of versions that are adapters. */
let sharedBases: SharedBases | null = null;
const basesOn = (tf: Tf): SharedBases => (sharedBases ??= createSharedBases(tf));

/** What is loaded at the first version that needs it. */
let tensorflow: Tf | null = null;

async function loadTensorflow(task?: TrainedTask): Promise<LoadedBackend> {
  const { loadBackend } = await import('./backend.ts');
  const loaded = await loadBackend(task);
  tensorflow = loaded.tf;
  return loaded;
}

const say = (message: FromPredictor): void => void process.send?.(message);

async function load(folder: string, engine: Engine): Promise<LoadedVersion> {
  const version = await open(await kindOfVersion(folder), folder, engine);
  // The first call compiles and allocates; no request should pay for that.
  await version.predict([{}]);
  return version;
}

async function open(kind: VersionKind, folder: string, engine: Engine): Promise<LoadedVersion> {
  switch (kind) {
    case 'tabular': {
      const artifact = await readArtifact(folder);
      const numbers = regressorOf(artifact);
      if (numbers !== null) return onTypedArrays((rows) => predictValues(numbers, rows));
      const trained = trainedOf(artifact);
      return engine === 'tensorflow'
        ? onTensorflow(trained)
        : onTypedArrays((rows) => predictTabular(trained, rows));
    }
    case 'text':
      return readingTexts(folder, openTextVersion);
    case 'labels':
      return readingTexts(folder, openMultiLabelVersion);
    case 'writer':
      return writing(folder);
    case 'image':
      return readingImages(folder);
    case 'command':
      throw new Error(`${folder} answers by a program of its own`);
    default:
      return kind satisfies never;
  }
}

async function readingTexts(
  folder: string,
  openVersion: typeof openTextVersion | typeof openMultiLabelVersion,
): Promise<LoadedVersion> {
  const { tf, name } = await loadTensorflow();
  const { answer, dispose } = await openVersion(tf, folder, basesOn(tf));
  return { backend: name, predict: answer, dispose };
}

/** A row that asks nothing is asked nothing. */
async function writing(folder: string): Promise<LoadedVersion> {
  const { tf, name } = await loadTensorflow('generation');
  const { signature, answer, write, dispose } = await openGenerator(tf, folder, {
    pool,
    bases: basesOn(tf),
  });
  const asked = (row: InputRow) => conversationOf(textOf(signature.model, row));
  return { backend: name, predict: (rows) => answer(rows.map(asked), () => breathe()), write, dispose };
}

async function readingImages(folder: string): Promise<LoadedVersion> {
  const [{ tf, name }, { imageTexts }] = await Promise.all([
    loadTensorflow(),
    import('../images/image-texts.ts'),
  ]);
  const { model, answer, dispose } = await openImageVersion(tf, folder, basesOn(tf));
  const one = imageOf(model.input);
  if (one === null) throw new Error(`${folder} reads no image`);
  const { width, height, channels } = one.feature;
  // What cannot be seen is answered as a black image is: a row that is in the log already must not stop others.
  const blank = new Uint8Array(width * height * channels);
  const bytesOf = async (row: InputRow) => {
    const image = await imageTexts.read(String(row[one.name] ?? ''), one.feature);
    return 'bytes' in image ? image.bytes : blank;
  };
  return {
    backend: name,
    predict: async (rows) => answer(await Promise.all(rows.map(bytesOf))),
    dispose,
  };
}

const onTypedArrays = (predict: LoadedVersion['predict']): LoadedVersion => ({
  backend: 'javascript',
  predict,
  dispose() {},
});

/** Loads TensorFlow at the first version that is large enough to need it. */
async function onTensorflow(trained: TrainedTabular): Promise<LoadedVersion> {
  const { tf, name } = await loadTensorflow();
  if (name === 'javascript') return onTypedArrays((rows) => predictTabular(trained, rows));
  const network = tensorflowNetwork(tf, trained.network, trained.weights);
  return {
    backend: name,
    predict(rows) {
      const { matrix } = encode(trained.preprocessing, rows);
      return outputsOf(trained, network.logits(matrix, rows.length), rows.length);
    },
    dispose: () => network.dispose(),
  };
}

async function loaded(key: string): Promise<LoadedVersion> {
  const version = await versions.get(key);
  if (version) return version;
  throw new DriftloopError('DL_VERSION_NOT_LOADED', `"${key}" could not be loaded again after a restart.`, {
    fix: 'See that its artifact is in the store; the server loads it again with the next route.',
    retryable: true,
    status: 503,
  });
}

/** What is being written now, by the request that asked for it. */
const writings = new Map<number, AbortController>();

function stoppable(id: number): AbortSignal {
  const writing = new AbortController();
  writings.set(id, writing);
  return writing.signal;
}

function pieces(id: number): (text: string) => void {
  let from = 0;
  return (text) => {
    say({ kind: 'piece', id, from, text });
    from += text.length;
  };
}

const memoryMb = () => process.memoryUsage.rss() / 1e6;

async function answer(message: ToPredictor): Promise<FromPredictor> {
  const { id } = message;
  if (message.kind === 'held')
    return {
      kind: 'held',
      id,
      held: {
        memoryMb: memoryMb(),
        tensors: tensorflow?.memory().numTensors ?? 0,
        tensorBytes: tensorflow?.memory().numBytes ?? 0,
      },
    };
  const { key } = message;
  switch (message.kind) {
    case 'load': {
      const loading = versions.get(key) ?? load(message.folder, message.engine);
      versions.set(key, loading);
      try {
        return { kind: 'loaded', id, backend: (await loading).backend };
      } catch (error) {
        versions.delete(key);
        throw error;
      }
    }
    case 'predict': {
      const version = await loaded(key);
      const outputs = await version.predict(message.rows);
      return { kind: 'predicted', id, outputs, memoryMb: memoryMb() };
    }
    case 'write': {
      const { write } = await loaded(key);
      if (write === undefined) throw notAWriter(key);
      const written = await write(message.conversation, message.wish, {
        onPiece: pieces(id),
        breathe: () => breathe(),
        signal: stoppable(id),
      }).finally(() => writings.delete(id));
      return { kind: 'written', id, written };
    }
    case 'unload': {
      const version = await versions.get(key);
      versions.delete(key);
      version?.dispose();
      return { kind: 'unloaded', id };
    }
    default:
      return message satisfies never;
  }
}

dieWithParent();
process.on('message', (value) => {
  const message = value as ToPredictor | StopWriting;
  if (message.kind === 'stop') {
    writings.get(message.id)?.abort();
    return;
  }
  answer(message).then(say, (error: unknown) =>
    say({ kind: 'failed', id: message.id, error: sendError(error) }),
  );
});
