import process from 'node:process';
import { readEnvironment } from '../environment.ts';
import { driftloopOf } from './driftloop.ts';
import type { Driftloop } from './driftloop.ts';
import { openInstallation } from './installation.ts';

/** What a program that operates an installation holds, until it closes it. */
export type OpenDriftloop = Driftloop & { close(): Promise<void>; [Symbol.asyncDispose](): Promise<void> };

/**
 * What the command line does, for programs: the same nouns, the same rights, the same audit log.
 *
 * Whoever acts is the person of `DRIFTLOOP_TOKEN`. Connections are made at first use and kept until `close`.
 *
 * @example
 *   await using driftloop = await openDriftloop();
 *   const { runId } = await driftloop.run.start('electricity', { reason: 'new tariff since Monday' });
 *   for await (const { sentence } of driftloop.run.watch(runId)) console.log(sentence);
 *
 * @param variables where the parts are, by the names that the command line reads; default: the environment of the
 *   process, and what a running `driftloop dev` in this folder left
 * @throws DL_ENVIRONMENT_INCOMPLETE, DL_ENVIRONMENT_INVALID, DL_SCHEMA_OLDER, DL_SCHEMA_NEWER
 */
export async function openDriftloop(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Promise<OpenDriftloop> {
  const installation = await openInstallation(readEnvironment({ ...variables }));
  const close = () => installation.close();
  return { ...driftloopOf(installation), close, [Symbol.asyncDispose]: close };
}
