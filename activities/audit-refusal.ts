import type { ErrorCode } from '../domain/error-codes.ts';
import { ourError } from '../domain/errors.ts';
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
  // A look at no rows keeps no verdict: what it said stands in the story alone.
  const told = (await runs.story(runId)).findLast(({ data }) => data?.['look'] !== undefined)?.data;
  if (told?.['code'] === code) return;
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

/** Rows or scores that are none: no verdict comes of them, the run ends with the code. */
const broken: ReadonlySet<ErrorCode> = new Set(['DL_GATE_ROWS', 'DL_GATE_SCORES']);

/** The same of what cannot be judged at all. It is the error of the run whether or not it can be written down. */
export async function auditBroken(
  { audit }: Pick<Ports, 'audit'>,
  { model, runId }: Pick<Judged, 'model' | 'runId'>,
  error: unknown,
): Promise<void> {
  const known = ourError(error);
  if (known === null || !broken.has(known.code)) return;
  const { code: refused, message: because } = known;
  await audit.append({ action: 'gate', by: 'gate', model, subject: runId, because, refused }).catch(() => {});
}
