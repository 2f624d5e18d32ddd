import { DriftloopError } from '../domain/errors.ts';
import type { Loop, ModelStore, RunStore } from '../domain/ports.ts';
import { budgetStanding } from '../monitors/policy/training-budget.ts';

/** The loop as people reach it: a run that would train beyond the budget is refused, whoever asks for it. */
export const withinBudget = (
  loop: Loop,
  { models, runs }: { models: Pick<ModelStore, 'get'>; runs: Pick<RunStore, 'trainingTime'> },
): Loop => ({
  ...loop,
  async requestRun(model, request) {
    // A version that is there already is tried without training.
    if (request.version === undefined) {
      const { config } = await models.get(model);
      const standing = budgetStanding(config.retrain, await runs.trainingTime(model));
      if (standing?.isSpent === true) throw budgetSpent(model, standing.sentence);
    }
    return await loop.requestRun(model, request);
  },
});

const budgetSpent = (model: string, sentence: string) =>
  new DriftloopError('DL_BUDGET_SPENT', `No run of ${model} begins now. ${sentence}`, {
    fix: 'Raise retrain.budget.gpuMinutesPerMonth in the config, or wait until older trainings are more than 30 days ago.',
    status: 409,
  });
