import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheRoot, installOnce } from '../../infra/local/cache.ts';
import { findPython, unpackWheels } from '../../infra/local/python.ts';
import { realTools } from '../../infra/local/tools.ts';

const requirements = fileURLToPath(new URL('../../examples/watch-only/requirements.txt', import.meta.url));
const place = () => path.join(cacheRoot(), 'kafka-python', '3.0.12');

/** The Kafka client of the Python example, pinned by its hash: fetched once into the cache. */
export async function provisionPythonClient(say: (message: string) => void): Promise<void> {
  if (existsSync(place())) return;
  say('fetching the Python client of examples/watch-only');
  await installOnce(place(), (fresh) => unpackWheels(realTools(), requirements, fresh));
}

/** A Python that can import it: the program, and the environment to give it. */
export async function pythonWithClient(): Promise<{ python: string; env: Record<string, string> }> {
  return { python: await findPython(realTools()), env: { PYTHONPATH: place(), PYTHONUNBUFFERED: '1' } };
}
