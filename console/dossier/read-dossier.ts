import type { ExampleStore, ModelStore, RouteStore, RunStore } from '../../domain/ports.ts';
import { buildDossier, reportOf } from './dossier.ts';
import type { Dossier } from './dossier.ts';

export type DossierPorts = {
  runs: Pick<RunStore, 'get' | 'story' | 'evaluations' | 'approval'>;
  models: Pick<ModelStore, 'getPinned'>;
  routes: Pick<RouteStore, 'get'>;
  examples: Pick<ExampleStore, 'inputsOf'>;
};

/** Everything about the decision that a run asks for. Throws DL_UNKNOWN_RUN. */
export async function readDossier(ports: DossierPorts, runId: string): Promise<Dossier> {
  const run = await ports.runs.get(runId);
  const [story, evaluations, approval, config, route] = await Promise.all([
    ports.runs.story(runId),
    ports.runs.evaluations(runId),
    ports.runs.approval(runId),
    ports.models.getPinned(run.model, run.configDigest),
    ports.routes.get(run.model),
  ]);
  const evaluation = evaluations.at(-1) ?? null;
  const ids = (reportOf(evaluation).flips ?? []).map(({ predictionId }) => predictionId);
  const inputs = await ports.examples.inputsOf(run.model, ids);
  const champion = route?.champion.version ?? null;
  return buildDossier({ run, story, evaluation, champion, config, approval, inputs });
}
