import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { milliseconds } from '../../domain/duration.ts';
import { DriftloopError } from '../../domain/errors.ts';
import type { ModelServer } from '../../domain/trainer-config.ts';
import type { Answering } from '../command/answering-program.ts';
import { readAnswers } from '../command/read-answers.ts';
import type { ModelServerClient, Served } from './client.ts';
import { takeLease } from './leases.ts';
import { nameInRepository, placeVersion } from './place-version.ts';
import { createOpenInferenceClient } from './open-inference.ts';
import { createTensorFlowServingClient } from './tensorflow-serving.ts';

const READY_EVERY_MS = 200;

/**
 * Lets a model server answer with a version: puts it into its repository under a name of its own, loads it, and waits
 * until it is ready, while the versions before go on. It is unloaded, and taken away again, when the last process that
 * uses it has closed it.
 *
 * @param folder of its artifact: what the server's runtime finds there (model-settings.json, config.pbtxt and 1/, …)
 * @throws {DriftloopError} `DL_MODEL_SERVER_UNREACHABLE`, `DL_MODEL_SERVER_REFUSED`
 */
export async function startAnsweringServer(
  server: ModelServer,
  { folder, model }: { folder: string; model: Served },
): Promise<Answering> {
  const { url, repository, patience } = server;
  const client = clientOf(server);
  const name = await nameInRepository(model.name, folder);
  const place = await placeVersion(folder, { repository, name, within: client.within });
  const lease = await takeLease(place);
  let isLoaded = true;
  const close = async () => {
    isLoaded = false;
    const { isLast } = await lease.release();
    if (!isLast) return;
    await client.unload(name).catch(() => {});
    await rm(place, { recursive: true, force: true });
  };
  try {
    await client.load(name);
    await untilReady(() => client.isReady(name), { name, url, withinMs: milliseconds(patience) });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    isRunning: () => isLoaded,
    close,
    async answer(rows) {
      try {
        return readAnswers(model, rows.length, await client.answer(name, model, rows));
      } catch (error) {
        // Somebody has unloaded it, or the server was started anew: the next question loads it again.
        if (error instanceof DriftloopError) isLoaded = await isStillThere();
        throw error;
      }
    },
  };

  async function isStillThere(): Promise<boolean> {
    try {
      return await client.isReady(name);
    } catch {
      return false;
    }
  }
}

function clientOf({ speaks, url, repository, seenAt, patience }: ModelServer): ModelServerClient {
  const timeoutMs = milliseconds(patience);
  switch (speaks) {
    case 'open-inference':
      return createOpenInferenceClient(url, timeoutMs);
    case 'tensorflow-serving':
      return createTensorFlowServingClient(url, { repository, seenAt: seenAt ?? repository, timeoutMs });
    default:
      return speaks satisfies never;
  }
}

async function untilReady(
  isReady: () => Promise<boolean>,
  { name, url, withinMs }: { name: string; url: string; withinMs: number },
): Promise<void> {
  const until = Date.now() + withinMs;
  while (!(await isReady())) {
    if (Date.now() >= until)
      throw new DriftloopError(
        'DL_MODEL_SERVER_REFUSED',
        `The model server at ${url} has taken ${name}, and is not ready with it after ${withinMs / 1_000} s.`,
        {
          fix: 'Its own log says why; raise trainer.server.patience where loading takes longer.',
          retryable: true,
        },
      );
    await pause(READY_EVERY_MS);
  }
}
