import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { needingRoom } from '../../domain/room.ts';
import type { Tf } from '../backend.ts';
import { canonicalName } from '../models/checkpoint-names.ts';
import type { LoadedNetwork } from '../models/model-folder.ts';
import { frozenVariable, readParameters } from '../models/parameters.ts';
import type { Parameters } from '../models/parameters.ts';
import type { Parts } from '../models/parts.ts';
import { missingFile, nullWhereMissing, parseJson } from '../models/weights-files.ts';
import { NotSafetensors, readSafetensors, writeSafetensors } from '../safetensors.ts';
import type { NamedTensor } from '../safetensors.ts';
import { isNamed, loraTargets, moduleOf, unfitAdapter } from './lora-settings.ts';
import type { LoraSettings } from './lora-settings.ts';
import { loraParameters, PEFT_PREFIX } from './lora.ts';
import type { LoraAdapter } from './lora.ts';
import { readPeftConfig, writePeftConfig } from './peft-config.ts';
import type { PeftTask } from './peft-config.ts';

const CONFIG_FILE = 'adapter_config.json';
const WEIGHTS_FILE = 'adapter_model.safetensors';

type Network = Pick<LoadedNetwork, 'config' | 'parts' | 'parameters'>;

/**
 * Reads an adapter as PEFT keeps it, with the names of either release of transformers. Modules that are kept whole go
 * into the network.
 *
 * @param tensors by another name than PEFT's own, such as a checkpoint's
 * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`, `DL_ADAPTER_UNFIT`
 */
export async function readLora(
  tf: Tf,
  folder: string,
  network: Network,
  tensors = WEIGHTS_FILE,
): Promise<LoraAdapter> {
  const { adapter, whole } = await readBeside(tf, folder, network, tensors);
  for (const { name, tensor } of whole) {
    const variable = network.parameters.get(name)!;
    tf.tidy(() => variable.assign(tf.tensor(tensor.values, variable.shape)));
  }
  return adapter;
}

/**
 * The same beside a network that others use as well: it stays as it is, and what is kept whole comes with the adapter.
 *
 * @returns `whole`: new variables, by their names in the network
 * @throws {DriftloopError} as `readLora`
 */
export async function readLoraBeside(
  tf: Tf,
  folder: string,
  network: Network,
): Promise<{ adapter: LoraAdapter; whole: Parameters }> {
  const { adapter, whole } = await readBeside(tf, folder, network, WEIGHTS_FILE);
  return { adapter, whole: new Map(whole.map(({ name, tensor }) => [name, frozenVariable(tf, tensor)])) };
}

type Read = { adapter: LoraAdapter; whole: { name: string; tensor: NamedTensor }[] };

async function readBeside(tf: Tf, folder: string, network: Network, tensors: string): Promise<Read> {
  const [config, weights] = await Promise.all(
    [CONFIG_FILE, tensors].map(async (name) => {
      const bytes = await readFile(path.join(folder, name)).catch(nullWhereMissing);
      if (!bytes) throw missingFile(path.join(folder, name));
      return bytes;
    }),
  );
  const settings = readPeftConfig(parseJson(CONFIG_FILE, config!));
  return adapterOf(tf, settings, readTensors(weights!), network);
}

function readTensors(bytes: Uint8Array): NamedTensor[] {
  try {
    return readSafetensors(bytes);
  } catch (error) {
    if (error instanceof NotSafetensors) throw unfitAdapter(`its weights: ${error.message}`);
    throw error;
  }
}

/** Pairs up the tensors, and has each of them fit the network. */
function adapterOf(tf: Tf, settings: LoraSettings, tensors: readonly NamedTensor[], network: Network): Read {
  const { kind } = network.config;
  const matrices = new Map<string, NamedTensor>();
  const whole: Read['whole'] = [];
  for (const tensor of tensors) {
    const name = tensor.name.startsWith(PEFT_PREFIX)
      ? canonicalName(kind, tensor.name.slice(PEFT_PREFIX.length))
      : null;
    if (name === null) throw unfitAdapter(`its tensor "${tensor.name}" is of no module`);
    if (/\.lora_[AB]\.weight$/.test(name)) matrices.set(name, tensor);
    else {
      const variable = network.parameters.get(name);
      if (!variable || !settings.keptWhole.some((kept) => isNamed(moduleOf(name), kept)))
        throw unfitAdapter(`its tensor "${tensor.name}" is of no module`);
      expectShape(tensor, variable.shape);
      whole.push({ name, tensor });
    }
  }
  const modules = [...new Set([...matrices.keys()].map((name) => name.replace(/\.lora_[AB]\.weight$/, '')))];
  const targets = loraTargets(network.parts, { ...settings, targets: modules });
  const pairs = targets.map(({ part, rank, scale }) => {
    const pair = (
      [
        ['A', [rank, part.inputs]],
        ['B', [part.outputs, rank]],
      ] as const
    ).map(([letter, shape]) => {
      const tensor = matrices.get(`${part.module}.lora_${letter}.weight`);
      if (!tensor) throw unfitAdapter(`it lacks lora_${letter} of "${part.module}"`);
      expectShape(tensor, shape);
      return tensor;
    });
    return { module: part.module, scale, pair };
  });
  const adapter = {
    settings: { ...settings, targets: targetsIn(network.parts, settings.targets) ?? modules },
    modules: new Map(
      pairs.map(({ module, scale, pair: [a, b] }) => [
        module,
        { a: frozenVariable(tf, a!), b: frozenVariable(tf, b!), scale },
      ]),
    ),
  };
  return { adapter, whole };
}

/** Null where the config's names are those of another release of transformers: then the modules themselves are named. */
const targetsIn = ({ linears }: Parts, targets: LoraSettings['targets']): LoraSettings['targets'] | null =>
  targets === 'all-linear' || targets.every((name) => linears.some(({ module }) => isNamed(module, name)))
    ? targets
    : null;

function expectShape({ name, shape }: NamedTensor, wanted: readonly number[]): void {
  if (shape.join() !== wanted.join())
    throw unfitAdapter(`its tensor "${name}" is [${shape.join(', ')}], not [${wanted.join(', ')}]`);
}

/**
 * Writes an adapter as PEFT keeps it.
 *
 * @param base what the adapter is beside: a folder or a name
 */
export async function writeLora(
  folder: string,
  adapter: LoraAdapter,
  network: Network,
  { base, task }: { base: string; task: PeftTask },
): Promise<void> {
  const layouts = network.parts.linears.filter(({ module }) => adapter.modules.has(module));
  const fanInFanOut = layouts.length > 0 && layouts.every(({ layout }) => layout === 'in-out');
  const config = writePeftConfig(adapter.settings, { base, task, fanInFanOut });
  const tensors = await readParameters(loraParameters(adapter, network.parameters));
  await needingRoom(folder, async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, CONFIG_FILE), `${JSON.stringify(config, null, 2)}\n`);
    await writeFile(path.join(folder, WEIGHTS_FILE), writeSafetensors(tensors, { format: 'pt' }));
  });
}

/** Frees what the adapter holds; modules kept whole are the network's. */
export const disposeLora = (tf: Tf, { modules }: LoraAdapter): void =>
  tf.dispose([...modules.values()].flatMap(({ a, b }) => [a, b]));
