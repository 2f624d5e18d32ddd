import type { Route } from '../domain/version.ts';
import { isCompared } from './choose-arm.ts';
import type { Arm } from './choose-arm.ts';

/** So many entities of a model are remembered in a step; those that come later are not counted, in either arm. */
const REMEMBERED = 100_000;

type Drawn = { version: string; arm: Arm; entity: string | null; instances: number };
type Step = { name: string; seen: Set<string> };

/**
 * Counts what was drawn for the arms of a canary that is sticky by entity: an entity when this server first answers it
 * in a step, and each instance that has none. Requests of one entity go together, so only these are independent draws.
 *
 * Another server counts the same entity once more, and so does this one after a restart: who compares the counts has to
 * know how many have counted.
 */
export function createTrialUnits(
  inc: (labels: { model: string; version: string; arm: Arm }, units: number) => void,
) {
  const steps = new Map<string, Step>();

  function stepOf({ model, challenger }: Route): Step {
    const name = JSON.stringify(challenger);
    const known = steps.get(model);
    if (known?.name === name) return known;
    const step = { name, seen: new Set<string>() };
    steps.set(model, step);
    return step;
  }

  /** What a request asked of one arm was answered, well or not. */
  return (route: Route, { version, arm, entity, instances }: Drawn): void => {
    if (route.challenger?.mode !== 'canary' || !isCompared(arm)) return;
    const labels = { model: route.model, version, arm };
    if (entity === null) return inc(labels, instances);
    const { seen } = stepOf(route);
    if (seen.has(entity) || seen.size >= REMEMBERED) return;
    seen.add(entity);
    inc(labels, 1);
  };
}
