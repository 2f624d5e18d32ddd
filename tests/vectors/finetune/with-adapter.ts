import { disposeLora, readLora } from '../../../training/adapters/adapter-folder.ts';
import type { LoraAdapter } from '../../../training/adapters/lora.ts';
import type { Tf } from '../../../training/backend.ts';
import type { ModelConfig } from '../../../training/models/config.ts';
import { trainingTask } from './training-task.ts';
import type { VectorModel } from './vector-model.ts';
import { withNetwork } from './with-network.ts';
import type { VectorNetwork } from './with-network.ts';

/** A network with the adapter of a case beside it. */
export async function withAdapter(
  tf: Tf,
  model: VectorModel,
  folder: string,
  run: (network: VectorNetwork<ModelConfig>, adapter: LoraAdapter) => void | Promise<void>,
): Promise<void> {
  await withNetwork<ModelConfig>(tf, model.folder, trainingTask(model).head, async (network) => {
    const adapter = await readLora(tf, folder, network);
    try {
      await run(network, adapter);
    } finally {
      disposeLora(tf, adapter);
    }
  });
}
