import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DriftloopError } from '../../domain/errors.ts';
import { startProcess } from '../../infra/local/keeper.ts';
import type { Exit, RunningProcess } from '../../infra/local/keeper.ts';
import { revive } from '../../infra/local/revive.ts';
import type { RoleName } from '../roles/role.ts';

const launcher = fileURLToPath(new URL('../bin/driftloop.mjs', import.meta.url));

export type RoleProcess = { name: RoleName; address: string; process: RunningProcess };

type Options = {
  name: RoleName;
  folder: string;
  env: Readonly<Record<string, string>>;
  /** A free one where none is said. */
  port?: number;
  /** Hears of an end by itself; it is started again at the same address. */
  onEnded: (exit: Exit) => void;
  /** Hears of the last of too many ends. */
  onGivenUp: (exit: Exit) => void;
  /** How long a role may take until it is ready. */
  withinMs?: number;
};

/**
 * Starts a role as a process of its own and waits until it is ready; one that ends by itself is started again. Its
 * log is FOLDER/logs/NAME.log.
 *
 * @throws DL_ROLE_NOT_READY with the end of the log where it ended or took too long
 */
export async function startRoleProcess(options: Options): Promise<RoleProcess> {
  const { name, onEnded, onGivenUp } = options;
  const { address, process: first } = await startRoleOnce(options);
  const port = Number(new URL(address).port);
  const again = async (signal: AbortSignal): Promise<RunningProcess> =>
    (await startRoleOnce({ ...options, port }, signal)).process;
  return { name, address, process: revive(first, { again, onEnded, onGivenUp }) };
}

/** Starts a role and waits until it is ready; when it ends, it has ended. */
export async function startRoleOnce(
  { name, folder, env, port = 0, withinMs = 60_000 }: Omit<Options, 'onEnded' | 'onGivenUp'>,
  signal?: AbortSignal,
): Promise<{ address: string; process: RunningProcess }> {
  const addressFile = path.join(folder, 'addresses', `${name}.json`);
  const logFile = path.join(folder, 'logs', `${name}.log`);
  await mkdir(path.dirname(addressFile), { recursive: true });
  await mkdir(path.dirname(logFile), { recursive: true });
  await rm(addressFile, { force: true });
  const command = name === 'worker-gpu' ? ['worker', '--gpu'] : [name];
  let ended: Exit | null = null;
  const running = await startProcess({
    name,
    command: process.execPath,
    args: [launcher, ...command, '--port', String(port), '--address-file', addressFile],
    env,
    logFile,
    onExit: (exit) => (ended = exit),
  });
  const deadline = Date.now() + withinMs;
  for (;;) {
    if (existsSync(addressFile)) {
      const { address } = JSON.parse(await readFile(addressFile, 'utf8')) as { address: string };
      if (await isReady(address)) return { address, process: running };
    }
    if (ended !== null || signal?.aborted || Date.now() > deadline) {
      // Said before it is stopped: from then on it has ended, too.
      const what = ended === null ? `was not ready within ${withinMs / 1000} s` : 'ended while starting';
      await running.stop();
      throw new DriftloopError('DL_ROLE_NOT_READY', `The ${name} ${what}.\n${await endOf(logFile)}`, {
        fix: `Its log is ${logFile}.`,
      });
    }
    await wait(50);
  }
}

const isReady = (address: string): Promise<boolean> =>
  fetch(`${address}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  );

async function endOf(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-8).join('\n');
}
