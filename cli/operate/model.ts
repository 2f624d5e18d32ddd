import type { ModelConfig } from '../../domain/model-config.ts';
import { mayDo } from '../../domain/person.ts';
import type { Run } from '../../domain/run.ts';
import type { Version } from '../../domain/version.ts';
import { alarmBudgetOf } from '../../monitors/drift-budget/watch-budget.ts';
import { budgetStanding } from '../../monitors/policy/training-budget.ts';
import type { Installation } from './installation.ts';

export type ModelLine = {
  name: string;
  mode: string;
  champion: string | null;
  challenger: string | null;
  labelled: number;
  regret: number | null;
  accuracyOnTest: number | null;
};

export type ModelStanding = ModelLine & {
  budget: ReturnType<typeof budgetStanding>;
  alarmBudget: ReturnType<typeof alarmBudgetOf>;
  config: ModelConfig;
  digest: string;
  versions: Version[];
  /** The newest ten. */
  runs: Run[];
};

/** Of a file: a CSV with a header, or JSON lines. */
export type LabelledFile = {
  data: string;
  label: string;
  /** A column that is a time; it is not learnt from. */
  time?: string;
  ignore?: string[];
  /** Only the first so many. */
  rows?: number;
};

const SHOWN_RUNS = 10;

/** Models: what is declared, how they fare, pause and resume. */
export function modelsOf({ stores, admit, loop, tuning }: Installation) {
  async function lineOf({ config, paused }: { config: ModelConfig; paused: boolean }): Promise<ModelLine> {
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
  }

  const setPaused = (verb: 'pause' | 'resume') => async (name: string) => {
    const person = await admit({ right: verb, model: name });
    const told = await loop();
    await stores.models.get(name);
    await told[verb](name, person.name, person.via);
    return { model: name, paused: verb === 'pause' };
  };

  return {
    /** Those that may be seen; from the stores alone: it works while Prometheus is away. */
    async list(): Promise<ModelLine[]> {
      const person = await admit();
      const seen = (await stores.models.list()).filter(({ config: { name } }) => mayDo(person, 'view', name));
      return Promise.all(seen.map(lineOf));
    },

    /** Throws DL_UNKNOWN_MODEL. */
    async get(name: string): Promise<ModelStanding> {
      await admit({ right: 'view', model: name });
      const declared = await stores.models.get(name);
      const { config, digest } = declared;
      const [standing] = await stores.totals.standings(name);
      return {
        ...(await lineOf(declared)),
        budget: budgetStanding(config.retrain, await stores.runs.trainingTime(name)),
        alarmBudget: alarmBudgetOf(standing),
        config,
        digest,
        versions: await stores.versions.list(name),
        runs: await stores.runs.list({ model: name, limit: SHOWN_RUNS }),
      };
    },

    /** The kill switch: no run starts, running ones stop before their next step. */
    pause: setPaused('pause'),
    resume: setPaused('resume'),

    /**
     * Trains the first champion from a file, oldest rows first.
     *
     * @throws DL_ALREADY_BOOTSTRAPPED, DL_TOO_FEW_ROWS, and what is wrong with the file
     */
    async bootstrap(
      name: string,
      { data, label, time, ignore, rows }: LabelledFile,
    ): Promise<{ version: Version; rows: number }> {
      const person = await admit({ right: 'import', model: name });
      const { bootstrapModel, readExamples } = await import('./bootstrap.ts');
      const { config: model } = await stores.models.get(name);
      const columns = { label, ...(time ? { time } : {}), ...(ignore ? { ignore } : {}) };
      const examples = await readExamples(model, { data, columns, ...(rows === undefined ? {} : { rows }) });
      const version = await tuning((given) =>
        bootstrapModel({
          model,
          rows: examples.map((example) => example.row),
          labels: examples.map((example) => example.label),
          stores,
          tuning: given,
          person,
        }),
      );
      return { version, rows: examples.length };
    },
  };
}
