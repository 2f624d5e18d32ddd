import process from 'node:process';
import type { Kept } from '../../domain/kept.ts';
import { peakMemoryMb } from '../../training/peak-memory.ts';
import type { BackendName } from '../../training/backend.ts';
import type { NetworkFitted } from '../../training/fine-tuning/fit-network.ts';
import type { TuningProgress } from '../../training/fine-tuning/tuning-meter.ts';
import type { Trained, Training } from './offline-task.ts';

const BYTES = 2 ** 20;

type Tuned = Pick<NetworkFitted, 'steps' | 'epochs' | 'bestEpoch' | 'validation'> & {
  notes: string[];
  trainableParameters: number;
  totalParameters: number;
  /** Where it was measured. */
  kept?: Kept | null;
};

/** What a training in the process of the command says of itself while it runs, and at its end. It begins now. */
export function inProcess(backend: BackendName, onProgress: Training<unknown, unknown>['onProgress']) {
  const began = performance.now();
  return {
    onProgress: ({ step, steps, epoch, trainLoss, validation, rate, rowsPerSecond }: TuningProgress): void =>
      onProgress({
        step,
        steps,
        epoch,
        trainLoss,
        backend,
        resumedAtStep: null,
        validationLoss: validation?.loss ?? null,
        learningRate: rate,
        examplesPerSecond: rowsPerSecond,
        memoryMb: Math.round(process.memoryUsage.rss() / BYTES),
      }),
    trained: ({ steps, epochs, bestEpoch, validation, notes, ...parameters }: Tuned): Trained => ({
      steps,
      epochs,
      bestEpoch,
      notes,
      trainableParameters: parameters.trainableParameters,
      totalParameters: parameters.totalParameters,
      kept: parameters.kept ?? null,
      seconds: (performance.now() - began) / 1000,
      validationLoss: validation?.loss ?? null,
      backend,
      resumedAtStep: null,
      peakMemoryMb: peakMemoryMb(),
    }),
  };
}
