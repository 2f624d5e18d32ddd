import { Worker } from 'node:worker_threads';
import type { GateConfig } from '../../domain/gate-config.ts';
import type { Twins } from '../../training/data/find-twins.ts';
import type { GateMatter, GateReport, GateTerms } from '../../training/gate/judge-gate.ts';
import { compiledTwin } from '../local/compiled-twin.mjs';
import type { DeclaredTask } from '../../domain/task.ts';
import type { EvaluateOptions } from '../../training/evaluate.ts';
import type { AnsweredRows } from '../../training/gate/answered-rows.ts';
import type { AnyPairReport } from '../../training/gate/report-pair.ts';
import type { PackedTwinQuestion } from './find-twins-in-thread.ts';

/** What a thread of a gate can be asked, and what it answers. */
export type Jobs = {
  judge: { question: { matter: GateMatter; config: GateConfig; terms: GateTerms }; answer: GateReport };
  report: {
    question: { task: DeclaredTask; answered: AnsweredRows; options: EvaluateOptions };
    answer: AnyPairReport;
  };
  findTwins: { question: PackedTwinQuestion; answer: Twins };
};

/** Asks a thread that is there for this question only, so that its process goes on answering meanwhile. */
export function askThread<Job extends keyof Jobs>(
  job: Job,
  question: Jobs[Job]['question'],
): Promise<Jobs[Job]['answer']> {
  const compiled = compiledTwin('infra/gate/answer-question.ts');
  const entry = compiled ?? new URL('gate-thread.mjs', import.meta.url);
  const worker = new Worker(entry, { workerData: { job, question } });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) =>
      reject(new Error(`The thread of the gate ended with ${code} and no answer.`)),
    );
  });
}
