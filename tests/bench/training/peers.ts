import { fileURLToPath } from 'node:url';
import { pythonWith } from '../python-with.ts';

const peers = {
  name: 'training-peers',
  version: '1',
  requirements: fileURLToPath(new URL('requirements.txt', import.meta.url)),
  says: 'Keras, PyTorch, transformers and PEFT (about 3 GB, some minutes; 6 GB once they lie there)',
};

/** A Python that has Keras, PyTorch, transformers and PEFT. */
export const pythonWithPeers = (say: (message: string) => void): Promise<string[]> => pythonWith(peers, say);
