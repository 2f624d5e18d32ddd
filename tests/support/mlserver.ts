import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import getPort from 'get-port';
import { startProgram } from '../../infra/command/program.ts';
import { pythonWith } from '../bench/python-with.ts';

const requirements = fileURLToPath(new URL('../bench/serving/requirements.txt', import.meta.url));

const MAIN = 'from mlserver.cli import main; main()';
const GRACE_MS = 5_000;

/** A real MLServer that is running. It ends with whoever has started it, however that ends. */
export type MlServer = { url: string; end(): Promise<void> };

/**
 * Starts a real MLServer (PyPI), which is fetched into the cache at the first time, over a repository of models; one
 * process for all of them, which on few cores is its quickest.
 *
 * @param modules a folder with its runtimes
 */
export async function startMlServer(
  repository: string,
  modules: string,
  say: (line: string) => void = () => {},
): Promise<MlServer> {
  const [, pythonPath, command] = await pythonWith(
    { name: 'bench-serving', version: '1', requirements, says: 'MLServer' },
    say,
  );
  await mkdir(repository, { recursive: true });
  const [http, grpc, metrics] = [await getPort(), await getPort(), await getPort()];
  const settings = {
    debug: false,
    parallel_workers: 0,
    host: '127.0.0.1',
    http_port: http,
    grpc_port: grpc,
    metrics_port: metrics,
    metrics_dir: path.join(repository, '.metrics'),
    environments_dir: path.join(repository, '.environments'),
  };
  await writeFile(path.join(repository, 'settings.json'), JSON.stringify(settings));
  const server = await startProgram(
    [
      'env',
      `${pythonPath}:${modules}`,
      'PYTHONDONTWRITEBYTECODE=1',
      command!,
      '-c',
      MAIN,
      'start',
      repository,
    ],
    { graceMs: GRACE_MS, onLine: () => {} },
  );
  let isOver = false;
  void server.ended.then(() => (isOver = true));
  const url = `http://127.0.0.1:${http}`;
  for (let i = 0; ; i += 1) {
    if (isOver) throw new Error(`MLServer ended: ${server.complaints()}`);
    if ((await fetch(`${url}/v2/health/live`).catch(() => null))?.ok === true) break;
    if (i === 300) throw new Error(`MLServer is not there after a minute: ${server.complaints()}`);
    await pause(200);
  }
  return {
    url,
    async end() {
      server.stop();
      await server.ended;
    },
  };
}
