import type { Run } from '../domain/run.ts';
import type { Ports } from './ports.ts';
import { dismiss } from './register.ts';

/**
 * Ends a run whose workflow is gone: it will not end itself, nor take its challenger off trial. Safe to repeat.
 */
export async function buryRun(
  ports: Pick<Ports, 'runs' | 'versions' | 'routes'>,
  { id, model, version }: Pick<Run, 'id' | 'model' | 'version'>,
  sentence: string,
): Promise<void> {
  // It may have ended by itself since it was looked at: then its own outcome stands.
  if (!(await ports.runs.end(id, { kind: 'failed', sentence }))) return;
  await ports.runs.note(id, { key: 'ended', phase: 'ended', sentence });
  if (version !== null) await dismiss(ports, { model, runId: id, version, because: sentence });
}
