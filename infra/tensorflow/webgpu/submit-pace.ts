import type { Tf } from '../../../training/backend.ts';

/** The part of tfjs' backend that collects programs and hands them to the GPU. */
export type Submitter = {
  runWebGPUProgram(...args: never[]): unknown;
  endComputePassEncoder(): void;
  submitQueue(): void;
  dispatchCountInPass: number;
  /** Tensors that nobody needs any more, whose memory is free once the programs that used them are handed over. */
  tensorDataPendingDisposal: object[];
  tensorMap: { get(id: object): { resource?: { size?: number } | null } | undefined };
};

/** Handing programs over takes 0.3 ms, so as many as this go at once… */
const TOGETHER = 100;
/** …unless so much memory waits for it, in bytes. */
const WAITING = 64 * 2 ** 20;

/** Hands programs over in larger lots than tfjs does (15), as long as little memory waits for it. */
export function submitInLots(tf: Tf, backend: Submitter): void {
  tf.env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', Infinity);
  const run = backend.runWebGPUProgram.bind(backend);
  let lot: object[] = [];
  let counted = 0;
  let waiting = 0;
  backend.runWebGPUProgram = (...args) => {
    const result = run(...args);
    const pending = backend.tensorDataPendingDisposal;
    // It is another array after each time, wherever that came from.
    if (pending !== lot) [lot, counted, waiting] = [pending, 0, 0];
    for (; counted < pending.length; counted += 1)
      waiting += backend.tensorMap.get(pending[counted]!)?.resource?.size ?? 0;
    if (backend.dispatchCountInPass >= TOGETHER || waiting > WAITING) {
      backend.endComputePassEncoder();
      backend.submitQueue();
    }
    return result;
  };
}
