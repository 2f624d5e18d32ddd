import { randomUUID } from 'node:crypto';
import { readdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { asking, opens, refused } from './ask.ts';
import { noOutput, outputName, outputsOf } from './client.ts';
import type { ModelServerClient } from './client.ts';

const statusSchema = z.object({
  model_version_status: z.array(z.object({ version: z.string(), state: z.string() })),
});
const list = z.array(z.unknown());
const answerSchema = z.object({ outputs: z.union([list, z.record(z.string(), list)]) });

/** The config that the server reads again and again: `--model_config_file_poll_wait_seconds`. */
const CONFIG_FILE = 'models.config';
const VERSION = '1';

/**
 * TensorFlow Serving over REST. It has no door to load a version by: it follows a config file, which is written here
 * with every version that lies in the repository, in one step, since a new config replaces the old one whole. By the
 * words of tensorflow_serving/g3doc/{api_rest,serving_config}.md.
 *
 * @param repository the folder as this process sees it; `seenAt` as the server does
 */
export function createTensorFlowServingClient(
  url: string,
  { repository, seenAt, timeoutMs }: { repository: string; seenAt: string; timeoutMs: number },
): ModelServerClient {
  const ask = asking(url, timeoutMs);
  const model = (name: string) => `/v1/models/${encodeURIComponent(name)}`;
  const writeConfig = async (without: string | null) => {
    const names = (await readdir(repository, { withFileTypes: true }))
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== without)
      .map((entry) => entry.name)
      .toSorted();
    const file = path.join(repository, CONFIG_FILE);
    const fresh = path.join(repository, `.${CONFIG_FILE}-${randomUUID()}`);
    await writeFile(fresh, configOf(names, seenAt));
    await rename(fresh, file);
  };
  return {
    within: VERSION,
    load: () => writeConfig(null),
    unload: (name) => writeConfig(name),
    async isReady(name) {
      let states: string[] = [];
      const isKnown = await opens(
        ask('GET', `${model(name)}/versions/${VERSION}`).then((body) => {
          const status = statusSchema.safeParse(body);
          states = status.success ? status.data.model_version_status.map(({ state }) => state) : [];
        }),
      );
      return isKnown && states.includes('AVAILABLE');
    },
    async answer(name, served, rows) {
      const inputs = Object.fromEntries(
        Object.keys(served.input).map((feature) => [feature, rows.map((row) => [row[feature] ?? null])]),
      );
      const door = `${model(name)}/versions/${VERSION}:predict`;
      const answer = answerSchema.safeParse(await ask('POST', door, { inputs }));
      if (!answer.success) throw refused(door, 200, 'an answer without outputs');
      const { outputs } = answer.data;
      const wanted = outputName(served);
      // A signature with one output answers with that alone, without its name.
      const data = Array.isArray(outputs) ? outputs : outputs[wanted];
      return data === undefined
        ? noOutput(wanted, Object.keys(outputs))
        : outputsOf(served, rows.length, { name: wanted, data });
    },
  };
}

/** A `ModelServerConfig` in the text format of protocol buffers. */
const configOf = (names: readonly string[], seenAt: string): string => {
  const quoted = (text: string) => JSON.stringify(text);
  const configs = names.map(
    (name) =>
      `  config { name: ${quoted(name)} base_path: ${quoted(path.posix.join(seenAt, name))} model_platform: "tensorflow" }\n`,
  );
  return `model_config_list {\n${configs.join('')}}\n`;
};
