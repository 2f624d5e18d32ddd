import { workflowIds } from '../domain/names.ts';
import type { Run } from '../domain/run.ts';
import type { Links } from './pages/layout.tsx';

const BEGINS_WITHIN_MS = 120_000;

/** Where Temporal shows our workflows; null where nobody serves that. */
export const workflowsAt = ({ temporal, temporalNamespace = 'default' }: Links): string | null =>
  temporal === undefined
    ? null
    : `${temporal.replace(/\/$/, '')}/namespaces/${encodeURIComponent(temporalNamespace)}/workflows`;

/** A workflow of that model which began about then: ids are those of the model, so that only one runs at a time. */
export function workflowLink(
  links: Links,
  namespace: string,
  { model, startedAt }: Pick<Run, 'model' | 'startedAt'>,
): string | null {
  const workflows = workflowsAt(links);
  if (workflows === null) return null;
  const began = Date.parse(startedAt);
  const [from, to] = [began - BEGINS_WITHIN_MS, began + BEGINS_WITHIN_MS].map((ms) =>
    new Date(ms).toISOString(),
  );
  const query = `WorkflowId="${workflowIds.retrain(namespace, model)}" AND StartTime BETWEEN "${from}" AND "${to}"`;
  return `${workflows}?query=${encodeURIComponent(query)}`;
}
