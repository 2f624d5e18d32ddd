import { Worker } from 'node:worker_threads';
import type { GateConfig } from '../../domain/gate-config.ts';
import { judgeGate } from '../../training/gate/judge-gate.ts';
import type { GateMatter, GateReport, GateTerms } from '../../training/gate/judge-gate.ts';

export type GateQuestionInThread = { matter: GateMatter; config: GateConfig; terms: GateTerms };

/** Row draws that are done before anybody waits for them: below this a thread would take longer to start. */
const QUICK = 3_000_000;

/** Judges a gate; one with much to draw in a thread of its own, so that its process goes on answering meanwhile. */
export async function judgeInThread(
  matter: GateMatter,
  config: GateConfig,
  terms: GateTerms & { resamples: number },
): Promise<GateReport> {
  const asksBounds = config.thresholds.length > 0 || config.fairness.length > 0;
  if (!asksBounds || matter.test.rows.length * terms.resamples < QUICK)
    return judgeGate(matter, config, terms);
  const question: GateQuestionInThread = { matter, config, terms };
  const worker = new Worker(new URL('gate-thread.mjs', import.meta.url), { workerData: question });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) =>
      reject(new Error(`The thread of the gate ended with ${code} and no answer.`)),
    );
  });
}
