import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readArtifact, trainedOf } from '../../../training/artifact.ts';
import { layersOf } from '../../../training/tabular/network.ts';
import { encode } from '../../../training/tabular/preprocessing.ts';
import { startMlServer as startRealMlServer } from '../../support/mlserver.ts';
import { between } from '../../support/two-versions.ts';

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** With and without its adaptive batching, which is off unless it is asked for. */
export type MlServerBatching = 'batched' | 'oneByOne';

const batching: Readonly<Record<MlServerBatching, object>> = {
  batched: { max_batch_size: 64, max_batch_time: 0.002 },
  oneByOne: {},
};

/**
 * A real MLServer with the network of an artifact: in numpy, fed with rows that are encoded already, which spares it
 * the preprocessing that the others do. It runs the model in its own process: on few cores that is its quickest.
 */
export async function startMlServer(
  folder: string,
  artifact: string,
  which: MlServerBatching,
  say: (line: string) => void,
) {
  const { network, weights, preprocessing } = trainedOf(await readArtifact(artifact));
  await mkdir(folder, { recursive: true });
  const write = (name: string, value: unknown) => writeFile(path.join(folder, name), JSON.stringify(value));
  const layers = layersOf(network).map(({ inputs, outputs, kernelAt, biasAt, relu }) => ({
    kernel: Array.from({ length: inputs }, (_, i) => [
      ...weights.subarray(kernelAt + i * outputs, kernelAt + (i + 1) * outputs),
    ]),
    bias: [...weights.subarray(biasAt, biasAt + outputs)],
    relu,
  }));
  await write('layers.json', layers);
  await write('model-settings.json', {
    name: 'plans',
    implementation: 'mlserver_model.Network',
    parameters: { uri: path.join(folder, 'layers.json') },
    ...batching[which],
  });
  const server = await startRealMlServer(folder, here('.'), say);
  await isReady(`${server.url}/v2/models/plans/ready`);
  const { matrix, width } = encode(preprocessing, [between]);
  return {
    port: Number(new URL(server.url).port),
    path: '/v2/models/plans/infer',
    body: JSON.stringify({
      inputs: [{ name: 'x', shape: [1, width], datatype: 'FP32', data: [...matrix] }],
    }),
    end: () => void server.end(),
  };
}

async function isReady(url: string): Promise<void> {
  for (let i = 0; i < 300; i += 1) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok === true) return;
    await setTimeout(200);
  }
  throw new Error(`${url} is not ready after a minute`);
}
