import type { Route } from '../domain/version.ts';
import { isCompared } from './choose-arm.ts';
import type { Arm } from './choose-arm.ts';

/** So many entities of a model are remembered in a step; those that come later are not counted, in either arm. */
const REMEMBERED = 100_000;

type Drawn = { version: string; arm: Arm; entity: string | null; instances: number };
/** What a model's route says of a challenger, since which generation, and the entities that were met under it. */
type Step = { name: string; generation: number; seen: Set<string> };

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

  /** Null where the route is older than one that was seen: its last requests end under the next one. */
  function stepOf({ model, generation, challenger }: Route): Step | null {
    const known = steps.get(model);
    if (known?.generation === generation) return known;
    if (known !== undefined && generation < known.generation) return null;
    const name = JSON.stringify(challenger);
    const seen = known?.name === name ? known.seen : new Set<string>();
    const step = { name, generation, seen };
    steps.set(model, step);
    return step;
  }

  /** What a request asked of one arm was answered, well or not. */
  return (route: Route, { version, arm, entity, instances }: Drawn): void => {
    const step = stepOf(route);
    if (step === null || route.challenger?.mode !== 'canary' || !isCompared(arm)) return;
    const labels = { model: route.model, version, arm };
    if (entity === null) return inc(labels, instances);
    const { seen } = step;
    if (seen.has(entity) || seen.size >= REMEMBERED) return;
    seen.add(entity);
    inc(labels, 1);
  };
}
