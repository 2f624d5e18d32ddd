import { alarmBudgetOf } from '../../monitors/drift-budget/watch-budget.ts';
import { budgetStanding } from '../../monitors/policy/training-budget.ts';
import { table } from '../output.ts';
import type { Answer } from '../output.ts';
import type { Stores } from '../wiring.ts';

export type ModelLine = {
  name: string;
  mode: string;
  champion: string | null;
  challenger: string | null;
  labelled: number;
  regret: number | null;
  accuracyOnTest: number | null;
};

/** One line a model, from the stores alone: it works while Prometheus is away. */
export async function listModels(stores: Stores): Promise<ModelLine[]> {
  const models = await stores.models.list();
  return Promise.all(
    models.map(async ({ config, paused }) => {
      const champion = await stores.versions.champion(config.name);
      const route = await stores.routes.get(config.name);
      const view = champion === null ? null : await stores.examples.policyView(config.name);
      return {
        name: config.name,
        mode: paused ? 'paused' : config.retrain.mode,
        champion: champion?.version ?? null,
        challenger: route?.challenger?.version ?? null,
        labelled: view?.labelled ?? 0,
        regret: view?.regret ?? null,
        accuracyOnTest: champion?.accuracyOnTest ?? null,
      };
    }),
  );
}

export async function showModel(stores: Stores, name: string): Promise<Answer> {
  const { config, digest } = await stores.models.get(name);
  const [line] = (await listModels(stores)).filter((m) => m.name === name);
  const versions = await stores.versions.list(name);
  const budget = budgetStanding(config.retrain, await stores.runs.trainingTime(name));
  const [standing] = await stores.totals.standings(name);
  const alarmBudget = alarmBudgetOf(standing);
  const runs = await stores.runs.list({ model: name, limit: 10 });
  const text = [
    `${name}: champion ${line?.champion ?? 'none yet'}, ${line?.labelled ?? 0} labelled rows, regret ${line?.regret?.toFixed(1) ?? 'unknown'} of ${config.retrain.price} errors, mode ${line?.mode}.`,
    ...(budget === null ? [] : [budget.sentence]),
    ...(alarmBudget === null ? [] : [alarmBudget.sentence]),
    '',
    table([
      ['VERSION', 'ROLE', 'ON TEST', 'CREATED'],
      ...versions.map((v) => [v.version, v.role, v.accuracyOnTest?.toFixed(3) ?? 'unknown', v.createdAt]),
    ]),
    '',
    table([
      ['RUN', 'TRIGGER', 'PHASE', 'STARTED', 'OUTCOME'],
      ...runs.map((r) => [r.id, r.trigger.kind, r.phase, r.startedAt, r.outcome?.kind ?? '']),
    ]),
  ].join('\n');
  return {
    json: { ...line, budget, alarmBudget, config, digest, versions, runs },
    text,
    next: line?.champion
      ? `driftloop run list ${name}`
      : `driftloop model bootstrap ${name} --data FILE --label COLUMN`,
  };
}
