import { z } from 'zod';
import { asking, opens, refused } from './ask.ts';
import { noOutput, outputName, outputsOf } from './client.ts';
import type { ModelServerClient } from './client.ts';

const answerSchema = z.object({
  outputs: z.array(z.object({ name: z.string(), data: z.array(z.unknown()) })),
});

/**
 * A server that speaks the Open Inference Protocol v2 over REST, with the repository API of Triton and MLServer:
 * https://github.com/kserve/open-inference-protocol, and protocol/extension_model_repository.md of Triton's server.
 */
export function createOpenInferenceClient(url: string, timeoutMs: number): ModelServerClient {
  const ask = asking(url, timeoutMs);
  const model = (name: string) => `/v2/models/${encodeURIComponent(name)}`;
  const repository = (name: string) => `/v2/repository/models/${encodeURIComponent(name)}`;
  return {
    within: '',
    load: async (name) => void (await ask('POST', `${repository(name)}/load`, {})),
    unload: async (name) => void (await ask('POST', `${repository(name)}/unload`, {})),
    // By the status alone: servers differ in the body.
    isReady: (name) => opens(ask('GET', `${model(name)}/ready`)),
    async answer(name, served, rows) {
      const inputs = Object.entries(served.input).map(([feature, { kind }]) => ({
        name: feature,
        datatype: kind === 'number' ? 'FP64' : 'BYTES',
        shape: [rows.length, 1],
        data: rows.map((row) => row[feature] ?? null),
      }));
      const answer = answerSchema.safeParse(await ask('POST', `${model(name)}/infer`, { inputs }));
      if (!answer.success) throw refused(`${model(name)}/infer`, 200, 'an answer without outputs');
      const { outputs } = answer.data;
      const wanted = outputName(served);
      const tensor = outputs.find((output) => output.name === wanted);
      return tensor === undefined
        ? noOutput(
            wanted,
            outputs.map((output) => output.name),
          )
        : outputsOf(served, rows.length, tensor);
    },
  };
}
