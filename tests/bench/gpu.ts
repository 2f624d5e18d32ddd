/**
 * Fine-tuning on the GPU of this machine: the same losses as plain JavaScript computes, steps a second and memory of
 * three methods on a decoder of 114 million weights, and a whole training of an encoder. On whatever backend texts are
 * trained with here; DRIFTLOOP_BACKEND chooses another.
 */
import { parseArgs } from 'node:util';
import { loadBackend } from '../../infra/tensorflow/backend.ts';
import { trainEncoder } from './gpu/encoder.ts';
import { decoder, shrunken } from './gpu/networks.ts';
import { farthest, smallLosses } from './gpu/same-losses.ts';
import { speedOf } from './gpu/speed.ts';
import { methods } from './gpu/tuned.ts';
import type { BenchResults } from './result.ts';

const HELP = `npm run bench -- gpu [--only PART,…] [--small] [--batch N] [--length N] [--steps N]
  parts: losses, encoder, full, lora, qlora
`;

export async function run(args: readonly string[]): Promise<BenchResults | null> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: ['losses', 'encoder', ...methods].join(',') },
      small: { type: 'boolean', default: false },
      batch: { type: 'string', default: '4' },
      length: { type: 'string', default: '128' },
      steps: { type: 'string', default: '20' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return null;
  }
  const parts = values.only.split(',');
  const [batch, length, steps] = [values.batch, values.length, values.steps].map(Number);
  const { tf, name, version } = await loadBackend('text');
  const engine = tf.getBackend();
  const results: Record<string, unknown> = { backend: name, device: version };
  if (parts.includes('losses')) {
    const truth = await smallLosses(tf, 'cpu');
    const losses = await smallLosses(tf, engine);
    results['losses'] = Object.fromEntries(
      Object.entries(truth).map(([key, expected]) => [
        key,
        { losses: losses[key], farthest: farthest(losses[key]!, expected) },
      ]),
    );
  }
  if (parts.includes('encoder'))
    results['encoder'] = await trainEncoder(
      tf,
      values.small ? { rows: 64, hidden: 32, epochs: 2 } : { rows: 2000, hidden: 256, epochs: 4 },
    );
  for (const method of methods) {
    if (!parts.includes(method)) continue;
    results[method] = await speedOf(tf, {
      json: values.small ? shrunken : decoder,
      method,
      batch: batch!,
      length: length!,
      steps: steps!,
      warmup: 5,
    });
    process.stderr.write(`${method}: ${JSON.stringify(results[method])}\n`);
  }
  return { results, options: { ...values } };
}
