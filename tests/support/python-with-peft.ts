import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { cacheRoot } from '../../infra/local/cache.ts';

/** Where `npm run bench -- training` has put PyTorch and PEFT, if it ever ran here. */
const peers = path.join(cacheRoot(), 'training-peers', '1');

const modules = ['torch', 'transformers', 'peft'];
const question = `import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, ${JSON.stringify(modules)})))`;

/**
 * What makes `python3` find PyTorch, transformers and PEFT: nothing where it does anyway, a PYTHONPATH where the bench has
 * fetched them; null where they are not on this machine.
 */
export function pythonWithPeft(): Record<string, string> | null {
  const ways: Record<string, string>[] = [{}, ...(existsSync(peers) ? [{ PYTHONPATH: peers }] : [])];
  return ways.find(hasPeft) ?? null;
}

function hasPeft(env: Record<string, string>): boolean {
  try {
    execFileSync('python3', ['-c', question], { env: { ...process.env, ...env }, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
