import { differences } from '../../domain/differences.ts';
import type { AppliedConfig, ModelStore } from '../../domain/ports.ts';
import type { Change } from './plan-config.ts';

/** What an applied config changed of a model, when and by whom. */
export type PolicyChange = Readonly<{
  at: string;
  by: string;
  digest: string;
  /** Declared for the first time, or again; gone; or changed in these places. */
  kind: 'declared' | 'removed' | 'changed';
  changes: readonly Change[];
}>;

/** Newest applied configs that are looked at. */
const APPLIED = 50;

/** The changes of a model's policy, newest first; configs that left it as it was are not among them. */
export async function policyHistory(
  { models }: { models: Pick<ModelStore, 'applied'> },
  model: string,
): Promise<PolicyChange[]> {
  const applied = await models.applied({ limit: APPLIED });
  return applied.flatMap((now, i) => changeOf(model, now, applied[i + 1]));
}

function changeOf(model: string, now: AppliedConfig, before: AppliedConfig | undefined): PolicyChange[] {
  const [is, was] = [now, before].map((one) => one?.config.models.find(({ name }) => name === model));
  const { at, by, digest } = now;
  if (is === undefined) return was === undefined ? [] : [{ at, by, digest, kind: 'removed', changes: [] }];
  // Of the oldest that is looked at nobody knows what was before.
  if (was === undefined) return [{ at, by, digest, kind: 'declared', changes: [] }];
  const changes = differences(was, is).map(({ path, stored, recomputed }) => ({
    path,
    before: stored,
    after: recomputed,
  }));
  return changes.length === 0 ? [] : [{ at, by, digest, kind: 'changed', changes }];
}
