import { milliseconds } from '../../domain/duration.ts';
import { DriftloopError } from '../../domain/errors.ts';
import type { TraceContext } from '../../domain/tracing.ts';
import type { CommandTrainer } from '../../domain/trainer-config.ts';
import type { Heard } from './hear-training.ts';
import { lastWords, sayEnding, startProgram } from './program.ts';
import type { Ending } from './program.ts';

/** Whoever watches a training takes what it hears as a sign of life. */
const HEARTBEAT_MS = 1_000;

type Run = {
  model: string;
  trainer: CommandTrainer;
  /** With `spec.json`. */
  folder: string;
  onLine: (line: string) => void;
  /** Called every second while it runs. */
  onAlive: () => void;
  onProgram: (pid: number) => void;
  signal: AbortSignal | undefined;
  /** What its own spans belong to, where it makes some. */
  trace: TraceContext | undefined;
};

/**
 * Runs `PROGRAM train FOLDER` to its end.
 *
 * @returns how it ended, and the last that it complained of
 * @throws {DriftloopError} `DL_PROGRAM_NOT_FOUND`; `DL_PROGRAM_FAILED` where it was ended for its silence; the signal's
 *   reason when aborted
 */
export async function runTraining(run: Run): Promise<{ ending: Ending; complaints: string }> {
  const { model, trainer, folder, onLine, onAlive, onProgram, signal, trace } = run;
  const program = await startProgram([...trainer.command, 'train', folder], {
    graceMs: milliseconds(trainer.grace),
    ...(trace === undefined ? {} : { trace }),
    onLine(line) {
      silence.refresh();
      onLine(line);
    },
  });
  let wasSilent = false;
  const silence = setTimeout(() => {
    wasSilent = true;
    program.stop();
  }, milliseconds(trainer.silence));
  const heartbeat = setInterval(onAlive, HEARTBEAT_MS);
  const stop = () => program.stop();
  signal?.addEventListener('abort', stop, { once: true });
  // It may have been aborted while the program started.
  if (signal?.aborted) stop();
  onProgram(program.pid);
  try {
    const ending = await program.ended;
    signal?.throwIfAborted();
    if (wasSilent) throw silent(model, trainer.silence, program.complaints());
    return { ending, complaints: program.complaints() };
  } finally {
    clearTimeout(silence);
    clearInterval(heartbeat);
    signal?.removeEventListener('abort', stop);
  }
}

/** What a training said when it was done. Throws `DL_PROGRAM_FAILED` where it failed, or has not said so. */
export function whatWasDone(
  model: string,
  { failed, done }: Pick<Heard, 'failed' | 'done'>,
  { ending, complaints }: { ending: Ending; complaints: string },
): NonNullable<Heard['done']> {
  if (failed !== null)
    throw new DriftloopError(
      'DL_PROGRAM_FAILED',
      `The program that trains ${model} said: ${failed.message}`,
      {
        fix: failed.fix ?? 'The program says so itself; its log may say more.',
        retryable: failed.retryable,
        status: 500,
      },
    );
  if (ending.code !== 0)
    throw new DriftloopError(
      'DL_PROGRAM_FAILED',
      `The program that trains ${model} ended by ${sayEnding(ending)}.${lastWords(complaints)}`,
      {
        fix: 'Its last words say why; what they leave open, its own log may say.',
        retryable: true,
        status: 500,
      },
    );
  if (done === null)
    throw new DriftloopError(
      'DL_PROGRAM_FAILED',
      `The program that trains ${model} ended well, but never said that it was done.`,
      {
        fix: 'Let its last line be { "kind": "done", … }, as docs/trainers.md shows.',
        status: 500,
        retryable: false,
      },
    );
  return done;
}

const silent = (model: string, silence: string, complaints: string) =>
  new DriftloopError(
    'DL_PROGRAM_FAILED',
    `The program that trains ${model} said nothing for ${silence} and was ended.${lastWords(complaints)}`,
    {
      fix: 'Let it say its progress more often, or raise trainer.silence in the config.',
      retryable: true,
      status: 500,
    },
  );
