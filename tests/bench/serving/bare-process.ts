/**
 * What a careful person writes without Driftloop: an HTTP handler that answers each request with TensorFlow by itself.
 * The same artifact, the same preprocessing and the same operations as Driftloop's child process.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import type { InputRow } from '../../../domain/input.ts';
import { loadBackend } from '../../../infra/tensorflow/backend.ts';
import { readArtifact, trainedOf } from '../../../training/artifact.ts';
import { outputsOf } from '../../../training/tabular/predict-tabular.ts';
import { encode } from '../../../training/tabular/preprocessing.ts';
import { tensorflowNetwork } from '../../../training/tabular/tensorflow-network.ts';

async function start(folder: string): Promise<number> {
  const trained = trainedOf(await readArtifact(folder));
  const { tf } = await loadBackend();
  const network = tensorflowNetwork(tf, trained.network, trained.weights);
  const predict = (rows: readonly InputRow[]) => {
    const { matrix } = encode(trained.preprocessing, rows);
    return outputsOf(trained, network.logits(matrix, rows.length), rows.length);
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { instances } = JSON.parse(Buffer.concat(chunks).toString()) as { instances: InputRow[] };
      const body = JSON.stringify({ predictions: predict(instances) });
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

process.on('message', ({ folder }: { folder: string }) => {
  void start(folder).then((port) => process.send!({ value: { port } }));
});
process.once('disconnect', () => process.exit(0));
