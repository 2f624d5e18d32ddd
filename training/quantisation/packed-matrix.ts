import type { Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { gpuPrograms } from '../gpu-programs.ts';

/** Rows from one to before another. */
export type Stretch = Readonly<{ from: number; to: number }>;

/** A matrix where it is computed with: it takes few bits a number there, and is floats only where and while it is used. */
export type PackedMatrix = {
  shape: readonly [number, number];
  /** What it occupies between uses. */
  bytes: number;
  /** Rows that are floats at the same time; all of them, in order. */
  stretches: readonly Stretch[];
  /** Makes float32 of stretches; they and what is shared among them belong to the open `tidy`. */
  open(): (rows: Stretch) => Tensor2D;
  dispose(): void;
};

/** Numbers in a stretch: on a processor 4 MB of floats; on a GPU, where each stretch is some programs more, 64 MB. */
const STRETCH = { processor: 2 ** 20, gpu: 2 ** 24 };

/**
 * Cuts rows into stretches.
 *
 * @param step each stretch begins at a multiple of so many rows
 */
export function stretchesOf(tf: Tf, [rows, columns]: readonly [number, number], step = 1): Stretch[] {
  const numbers = gpuPrograms(tf) ? STRETCH.gpu : STRETCH.processor;
  const each = step * Math.max(1, Math.floor(numbers / (columns * step)));
  return Array.from({ length: Math.ceil(rows / each) }, (_, i) => ({
    from: i * each,
    to: Math.min(rows, (i + 1) * each),
  }));
}

/** All of it in float32 at once; belongs to the open `tidy`. */
export const dequantised = (tf: Tf, matrix: PackedMatrix): Tensor2D =>
  tf.tidy(() => {
    const open = matrix.open();
    const parts = matrix.stretches.map((rows) => open(rows));
    return parts.length === 1 ? parts[0]! : tf.concat(parts, 0);
  });
