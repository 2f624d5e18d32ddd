import type { Scalar } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import type { Validation } from './tuning-state.ts';

/** What a training says of itself while it runs. */
export type TuningProgress = {
  step: number;
  steps: number;
  epoch: number;
  /** Learning rate of the next step. */
  rate: number;
  /** Mean over the steps since the last word; null before the first step. */
  trainLoss: number | null;
  validation: Validation | null;
  /** Since the last word; null before the first step. */
  rowsPerSecond: number | null;
};

type Place = Pick<TuningProgress, 'step' | 'epoch' | 'rate' | 'validation'>;

/** How often a training says where it is, in milliseconds. */
const EVERY_MS = 250;

/** Adds the losses of the steps up where they are, and reads the sum only when there is something to say: reading waits. */
export function tuningMeter(tf: Tf, steps: number, onProgress: (progress: TuningProgress) => void) {
  let sum: Scalar | null = null;
  let [taken, rows, since] = [0, 0, performance.now()];
  const epoch = { loss: 0, steps: 0 };
  const say = async (place: Place): Promise<void> => {
    const seconds = (performance.now() - since) / 1000;
    const whole = sum === null ? null : (await sum.data())[0]!;
    epoch.loss += whole ?? 0;
    epoch.steps += taken;
    const loss = whole === null ? null : whole / taken;
    const rowsPerSecond = taken === 0 ? null : rows / Math.max(seconds, 1e-3);
    sum?.dispose();
    sum = null;
    [taken, rows, since] = [0, 0, performance.now()];
    onProgress({ ...place, steps, trainLoss: loss, rowsPerSecond });
  };
  return {
    /** A step was taken over so many rows. The loss is disposed here. */
    learnt(loss: Scalar, of: number): void {
      const before: Scalar | null = sum;
      sum = before === null ? loss : tf.add(before, loss);
      if (before !== null) tf.dispose([before, loss]);
      taken += 1;
      rows += of;
    },
    say,
    async sayIfDue(place: Place): Promise<void> {
      if (performance.now() - since > EVERY_MS) await say(place);
    },
    /** Mean loss over the steps since it was asked last; of what was said. */
    epochLoss(): number {
      const mean = epoch.loss / Math.max(1, epoch.steps);
      [epoch.loss, epoch.steps] = [0, 0];
      return mean;
    },
    dispose(): void {
      sum?.dispose();
    },
  };
}
