import type { GateConfig } from '../../domain/gate-config.ts';
import { judgeGate } from '../../training/gate/judge-gate.ts';
import type { GateMatter, GateReport, GateTerms } from '../../training/gate/judge-gate.ts';
import { askThread } from './ask-thread.ts';

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
  return askThread('judge', { matter, config, terms });
}
