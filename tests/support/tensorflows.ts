import { loadBackend } from '../../infra/tensorflow/backend.ts';
import type { BackendName, Tf } from '../../training/backend.ts';

/** A TensorFlow of this machine. They share one engine, so whoever wants one selects it first. */
export type TestTensorflow = { name: BackendName; select: () => Promise<Tf> };

/** Plain JavaScript, and the native library where this machine has it: what both compute has to be the same. */
export async function tensorflows(): Promise<TestTensorflow[]> {
  const { tf, name } = await loadBackend();
  const selecting = (backend: string) => async () => {
    await tf.setBackend(backend);
    return tf;
  };
  const plain: TestTensorflow = { name: 'javascript', select: selecting('cpu') };
  return name === 'javascript' ? [plain] : [plain, { name, select: selecting('tensorflow') }];
}
