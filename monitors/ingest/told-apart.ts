import type { Catalogue, ToldApart } from '../../domain/ingest-ports.ts';

/** How feedback is read where it is no label, and what labels are told apart by: the slices that `gate.slices` declares, and how sure the calibrated versions were. */
export function toldApart({ models }: Pick<Catalogue, 'models'>): ToldApart {
  const named = Object.entries(models);
  return {
    slices: Object.fromEntries(
      named.flatMap(([name, { config }]) =>
        config.gate.slices.length === 0 ? [] : [[name, config.gate.slices]],
      ),
    ),
    tasks: Object.fromEntries(
      named.flatMap(
        ([
          name,
          {
            config: { task },
          },
        ]) => (task.kind === 'classification' ? [] : [[name, task.kind]]),
      ),
    ),
    sureFrom: Object.fromEntries(
      named.map(([name, { estimators }]) => [
        name,
        Object.fromEntries(
          Object.entries(estimators).flatMap(([version, { confidence }]) =>
            confidence === undefined ? [] : [[version, confidence.sureFrom]],
          ),
        ),
      ]),
    ),
  };
}
