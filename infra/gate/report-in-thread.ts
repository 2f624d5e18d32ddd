import type { DeclaredTask } from '../../domain/task.ts';
import type { EvaluateOptions } from '../../training/evaluate.ts';
import { resamplesFor } from '../../training/evaluate.ts';
import type { AnsweredRows } from '../../training/gate/answered-rows.ts';
import { reportPair } from '../../training/gate/report-pair.ts';
import type { AnyPairReport } from '../../training/gate/report-pair.ts';
import { askThread } from './ask-thread.ts';

/** Row draws that are done before anybody waits for them: below this a thread would take longer to start. */
const QUICK = 1_000_000;

/** Reports two versions on the same rows; on many in a thread of its own, so that its process goes on answering meanwhile. */
export async function reportInThread(
  task: DeclaredTask,
  answered: AnsweredRows,
  options: EvaluateOptions & { slices: readonly string[] },
): Promise<AnyPairReport> {
  const count = answered.rows.length;
  if (count * (options.resamples ?? resamplesFor(count)) < QUICK) return reportPair(task, answered, options);
  // What a report does not read is not handed over: inputs may be long texts.
  const { slices } = options;
  const none = {};
  const rows = answered.rows.map(({ label, input }) => ({
    label,
    input:
      slices.length === 0 ? none : Object.fromEntries(slices.map((name) => [name, input?.[name] ?? null])),
  }));
  return askThread('report', { task, answered: { ...answered, rows }, options });
}
