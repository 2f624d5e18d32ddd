import { setTimeout as wait } from 'node:timers/promises';
import { rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Tf } from '../../../training/backend.ts';
import { watchGpuMemory } from './gpu-memory.ts';
import { randomTokens, weightsOf, writeBase } from './networks.ts';
import type { NetworkJson } from './networks.ts';
import { headOf, tuned } from './tuned.ts';
import type { Method } from './tuned.ts';

export type SpeedOptions = {
  json: NetworkJson;
  method: Method;
  batch: number;
  length: number;
  steps: number;
  warmup: number;
};

const MEGABYTE = 2 ** 20;

/** Steps a second and memory of one method, on the backend that computes now. */
export async function speedOf(tf: Tf, options: SpeedOptions): Promise<Record<string, unknown>> {
  const { json, method, batch, length, steps, warmup } = options;
  const driver = watchGpuMemory();
  const folder = await mkdtemp(path.join(tmpdir(), 'driftloop-gpu-'));
  try {
    await writeBase(folder, json, 7);
    const kind = String(json['model_type']);
    const tokens = randomTokens(json.vocab_size, batch, length, 3);
    const network = await tuned(tf, { folder, kind, method, tokens });
    let most = engineMemory(tf);
    const run = async (count: number): Promise<number> => {
      let last = 0;
      for (let step = 0; step < count; step += 1) {
        const loss = network.step();
        most = larger(most, engineMemory(tf));
        // As a training does: it reads its loss now and then, not at every step.
        if (step === count - 1) last = (await loss.data())[0]!;
        loss.dispose();
      }
      return last;
    };
    const firstLoss = await run(1);
    await run(warmup - 1);
    driver.reset();
    const began = performance.now();
    const lastLoss = await run(steps);
    const seconds = (performance.now() - began) / 1000;
    // The driver is asked now and then.
    await wait(200);
    const results = {
      weights: weightsOf(json, headOf(kind)),
      trainable: network.trainable,
      batch,
      length,
      steps,
      stepsPerSecond: round(steps / seconds),
      tokensPerSecond: Math.round((steps * batch * length) / seconds),
      firstLoss,
      lastLoss,
      tensorsMb: Math.round(most.used / MEGABYTE),
      allocatedMb: Math.round(most.allocated / MEGABYTE),
      driverMb: driver.mostMb(),
    };
    network.dispose();
    return results;
  } finally {
    driver.stop();
    await rm(folder, { recursive: true });
  }
}

type EngineMemory = { used: number; allocated: number };

/** What tfjs holds on the GPU; elsewhere of its tensors, wherever they are. */
function engineMemory(tf: Tf): EngineMemory {
  const memory = tf.memory() as ReturnType<Tf['memory']> &
    Partial<{ numBytesInGPU: number; numBytesAllocatedInGPU: number }>;
  return {
    used: memory.numBytesInGPU ?? memory.numBytes,
    allocated: memory.numBytesAllocatedInGPU ?? memory.numBytes,
  };
}

const larger = (a: EngineMemory, b: EngineMemory): EngineMemory => ({
  used: Math.max(a.used, b.used),
  allocated: Math.max(a.allocated, b.allocated),
});

const round = (x: number): number => Number(x.toPrecision(3));
