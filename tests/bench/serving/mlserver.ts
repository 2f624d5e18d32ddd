import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import getPort from 'get-port';
import { readArtifact, trainedOf } from '../../../training/artifact.ts';
import { layersOf } from '../../../training/tabular/network.ts';
import { encode } from '../../../training/tabular/preprocessing.ts';
import { between } from '../../support/two-versions.ts';
import { pythonWith } from '../python-with.ts';

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
  const python = await pythonWith(
    {
      name: 'bench-serving',
      version: '1',
      requirements: here('requirements.txt'),
      says: 'MLServer, to measure beside,',
    },
    say,
  );
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
  const [http, grpc, metrics] = [await getPort(), await getPort(), await getPort()];
  await write('layers.json', layers);
  await write('model-settings.json', {
    name: 'plans',
    implementation: 'mlserver_model.Network',
    parameters: { uri: path.join(folder, 'layers.json') },
    ...batching[which],
  });
  await write('settings.json', {
    debug: false,
    parallel_workers: 0,
    host: '127.0.0.1',
    http_port: http,
    grpc_port: grpc,
    metrics_port: metrics,
    metrics_dir: path.join(folder, 'metrics'),
    environments_dir: path.join(folder, 'environments'),
  });
  const [, pythonPath, command] = python;
  const [name, packages] = pythonPath!.split('=') as [string, string];
  const child = spawn(command!, ['-c', 'from mlserver.cli import main; main()', 'start', folder], {
    cwd: folder,
    env: { ...process.env, [name]: `${packages}:${here('.')}`, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let tail = '';
  child.stderr.on('data', (chunk: Buffer) => (tail = (tail + chunk.toString()).slice(-2_000)));
  await isReady(`http://127.0.0.1:${http}/v2/models/plans/ready`, () => {
    if (child.exitCode !== null) throw new Error(`MLServer ended: ${tail}`);
  });
  const { matrix, width } = encode(preprocessing, [between]);
  return {
    port: http,
    path: '/v2/models/plans/infer',
    body: JSON.stringify({
      inputs: [{ name: 'x', shape: [1, width], datatype: 'FP32', data: [...matrix] }],
    }),
    end: () => void child.kill('SIGTERM'),
  };
}

async function isReady(url: string, check: () => void): Promise<void> {
  for (let i = 0; i < 300; i += 1) {
    check();
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok === true) return;
    await setTimeout(200);
  }
  throw new Error(`${url} is not ready after a minute`);
}
