import { fileURLToPath } from 'node:url';
import { provisionAll } from '../../infra/local/parts.ts';
import { ensureCompiled } from '../../infra/package/ensure-compiled.mjs';
import { provisionChromium } from './chromium.ts';
import { provisionPythonClient } from './python-client.ts';
import { provisionWebGpu } from './software-gpu.ts';

/** A build has a line for each of its packages; a log wants one now and then. */
const SAY_EVERY_MS = 10_000;

/** Once, before the first test that runs on the real services: whatever is missing is found or fetched. */
export async function setup(): Promise<void> {
  const began = Date.now();
  const saidAt = new Map<string, number>();
  const say = (part: string, message: string) => {
    saidAt.set(part, Date.now());
    const seconds = ((Date.now() - began) / 1000).toFixed(0).padStart(4);
    process.stderr.write(`${seconds} s  ${part.padEnd(14)} ${message}\n`);
  };
  await Promise.all([
    ensureCompiled(fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')),
    provisionAll({
      report: ({ part, phase, message, share }) => {
        if (phase === 'looking') return;
        const isOver = phase === 'ready' || phase === 'failed';
        if (!isOver && Date.now() - (saidAt.get(part) ?? 0) < SAY_EVERY_MS) return;
        say(part, share === undefined ? message : `${message} (${Math.round(100 * share)} %)`);
      },
    }),
    provisionChromium((message) => say('chromium', message)),
    provisionWebGpu((message) => say('webgpu', message)),
    provisionPythonClient((message) => say('kafka-python', message)),
  ]);
}
