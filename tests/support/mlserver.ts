import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import getPort from 'get-port';
import { pythonWith } from '../bench/python-with.ts';

const requirements = fileURLToPath(new URL('../bench/serving/requirements.txt', import.meta.url));

/** A real MLServer that is running. */
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
  const [name, packages] = pythonPath!.split('=') as [string, string];
  const child = spawn(command!, ['-c', 'from mlserver.cli import main; main()', 'start', repository], {
    cwd: repository,
    env: { ...process.env, [name]: `${packages}:${modules}`, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let tail = '';
  child.stderr.on('data', (chunk: Buffer) => (tail = (tail + chunk.toString()).slice(-2_000)));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // Whoever started it may be killed: it ends with its parent in any case but that one.
  process.once('exit', () => child.kill('SIGKILL'));
  const url = `http://127.0.0.1:${http}`;
  for (let i = 0; ; i += 1) {
    if (child.exitCode !== null) throw new Error(`MLServer ended: ${tail}`);
    if ((await fetch(`${url}/v2/health/live`).catch(() => null))?.ok === true) break;
    if (i === 300) throw new Error(`MLServer is not there after a minute: ${tail}`);
    await pause(200);
  }
  return {
    url,
    async end() {
      child.kill('SIGTERM');
      const killed = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(killed);
    },
  };
}
