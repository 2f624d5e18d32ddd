import type { ModelView } from '../../console/model-view.ts';
import { fleetLede } from '../../console/fleet-sentences.ts';
import { inMotion, modelLede, waiting } from '../../console/sentences.ts';
import type { Clock } from '../../console/times.ts';
import { mayDo } from '../../domain/person.ts';
import type { Run } from '../../domain/run.ts';
import type { Installation } from './installation.ts';

/** How a model fares, in the words of the console, and what of it waits for a person. */
export type ModelStatus = ReturnType<typeof modelLede> & {
  model: string;
  health: ModelView['health']['word'];
  paused: boolean;
  champion: string | null;
  challenger: ModelView['challenger'];
  /** Null where nothing is known of it. */
  accuracy: number | null;
  labelled: number;
  run: Pick<Run, 'id' | 'phase'> | null;
  /** Runs that wait for somebody. */
  waits: string[];
};

/** Does anything need me? What needs somebody comes first. */
export type Status = { answer: string; why: string; models: ModelStatus[] };

/** What the console shows now of every model that may be seen, or of one. Throws DL_UNKNOWN_MODEL. */
export async function viewsOf(
  { stores, environment, admit }: Pick<Installation, 'stores' | 'environment' | 'admit'>,
  name?: string,
): Promise<ModelView[]> {
  const person = await admit(name === undefined ? undefined : { right: 'view', model: name });
  const [{ createGather }, { createMetricsReader }] = await Promise.all([
    import('../../console/gather.ts'),
    import('../../infra/prometheus/metrics-reader.ts'),
  ]);
  const { namespace, prometheusUrl: url } = environment;
  const metrics = createMetricsReader({ url, namespace, levels: ['suspected', 'detected'] });
  const gather = createGather({ ...stores, metrics, namespace, clock: Date.now });
  if (name !== undefined) return [await gather.model(name)];
  return (await gather.fleet()).filter((view) => mayDo(person, 'view', view.name));
}

const urgency = { worse: 0, suspected: 1, unknown: 2, steady: 3 } as const;

/** What waits for somebody first, then what is not well. */
export const byUrgency = (models: readonly ModelView[]): ModelView[] =>
  models.toSorted(
    (a, b) =>
      Math.sign(waiting(b).length - waiting(a).length) || urgency[a.health.word] - urgency[b.health.word],
  );

export function statusOf(models: readonly ModelView[], clock: Clock): Status {
  const { answer, why } = fleetLede(models);
  return {
    answer,
    why,
    models: byUrgency(models).map((model) => {
      const run = inMotion(model);
      return {
        model: model.name,
        health: model.health.word,
        paused: model.paused,
        champion: model.champion?.version ?? null,
        challenger: model.challenger,
        accuracy: model.live.state === 'answers' ? model.live.accuracy : null,
        labelled: model.labelled,
        run: run === null ? null : { id: run.id, phase: run.phase },
        waits: waiting(model).map(({ id }) => id),
        ...modelLede(model, clock),
      };
    }),
  };
}
