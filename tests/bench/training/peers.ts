import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheRoot, installOnce } from '../../../infra/local/cache.ts';
import { findPython } from '../../../infra/local/python.ts';
import { realTools } from '../../../infra/local/tools.ts';

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));

/** Raised with requirements.txt. */
const PEERS = '1';

/** Where Keras, PyTorch, transformers and PEFT lie, 6 GB, once they were fetched. */
const peersFolder = (): string => path.join(cacheRoot(), 'training-peers', PEERS);

/** A Python that has the peers, which are fetched with pip into the cache at the first time. */
export async function pythonWithPeers(say: (message: string) => void): Promise<string[]> {
  const tools = realTools();
  const python = await findPython(tools);
  if (!existsSync(peersFolder())) {
    say('fetching Keras, PyTorch, transformers and PEFT into the cache: about 3 GB, some minutes');
    const options = ['--quiet', '--no-compile', '--root-user-action=ignore', '--disable-pip-version-check'];
    await installOnce(peersFolder(), async (fresh) => {
      await tools.runTool({
        command: python,
        args: ['-m', 'pip', 'install', ...options, `--target=${fresh}`, '-r', requirements],
      });
    });
  }
  return ['env', `PYTHONPATH=${peersFolder()}`, python];
}
