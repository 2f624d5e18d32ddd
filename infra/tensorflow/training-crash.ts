import { DriftloopError } from '../../domain/errors.ts';

/** How a training's process ended before it had answered. */
export type Crash = {
  model: string;
  /** `exit code 1`, `signal SIGKILL`. */
  exit: string;
  /** The last lines that it wrote. */
  tail: string;
  /** For so long it had said nothing when it was killed for that; null where it ended by itself. */
  silentMs: number | null;
  heapMb: number;
};

/** What V8, the C++ library, TensorFlow and JavaScript say when there is no more memory. */
const OUT_OF_MEMORY = /heap out of memory|bad_alloc|OOM when allocating|Array buffer allocation failed/i;

export const saysOutOfMemory = (text: string): boolean => OUT_OF_MEMORY.test(text);

/** Both kinds are worth another try: of the memory, other processes may have had their share. */
export function explainCrash({ model, exit, tail, silentMs, heapMb }: Crash): DriftloopError {
  if (silentMs !== null)
    return new DriftloopError(
      'DL_TRAINING_CRASHED',
      `The process that trained ${model} said nothing for ${silentMs / 1000} s and was killed.${lastWords(tail)}`,
      {
        fix: 'See whether the machine of the GPU worker has processors to spare.',
        retryable: true,
        status: 500,
      },
    );
  if (saysOutOfMemory(tail)) return outOfMemory(model, `it ended by ${exit}`, heapMb);
  // Nobody else here kills with this signal: the kernel does when the machine or the container is out of memory.
  const kernel = exit === 'signal SIGKILL' || exit === 'exit code 137';
  return new DriftloopError(
    'DL_TRAINING_CRASHED',
    `The process that trained ${model} ended by ${exit}${kernel ? ', as processes do when the machine is out of memory' : ''}.${lastWords(tail)}`,
    {
      fix: kernel
        ? `Give the GPU worker more memory; of what there is, a lower DRIFTLOOP_TRAINING_HEAP_MB (now ${heapMb}) leaves more to tensors.`
        : 'Its last words and the log of the GPU worker say why.',
      retryable: true,
      status: 500,
    },
  );
}

/** The same for a process that lived on to say so. */
export const outOfMemory = (model: string, how: string, heapMb: number) =>
  new DriftloopError('DL_TRAINING_OUT_OF_MEMORY', `The training of ${model} ran out of memory: ${how}.`, {
    fix: `Give the GPU worker more memory and its trainings more heap (DRIFTLOOP_TRAINING_HEAP_MB, now ${heapMb}), or make fineTune.hidden or fineTune.batchSize of ${model} smaller.`,
    retryable: true,
    status: 500,
  });

const lastWords = (tail: string) =>
  tail === '' ? '' : ` It last said: ${tail.split('\n').slice(-5).join(' | ')}`;
