import type { Verdict } from '../domain/verdict.ts';
import type { Ports } from './ports.ts';

type Judged = { model: string; runId: string; verdict: Verdict };

/**
 * What the gate refuses for what it was given (rows, scores, sources of labels) is in the audit log, once for as long as it
 * stays the same; what it thinks of a challenger is in the run. To be told before the run keeps the verdict.
 */
export async function auditRefusal(
  { runs, audit }: Pick<Ports, 'runs' | 'audit'>,
  { model, runId, verdict }: Judged,
): Promise<void> {
  const code = codeOf(verdict);
  if (code === null || codeOf((await runs.get(runId)).verdict) === code) return;
  await audit.append({
    action: 'gate',
    by: 'gate',
    model,
    subject: runId,
    because: verdict.sentence,
    refused: code,
  });
}

const codeOf = (verdict: Verdict | null) =>
  verdict === null || verdict.kind === 'promote' ? null : (verdict.code ?? null);
