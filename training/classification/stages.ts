import type { ClassifierSettings, StageMethod } from './settings.ts';

/** A training that trains the same part of a network from its first step to its last. */
export type Stage = Omit<ClassifierSettings, 'method'> & { method: StageMethod };

/** What a training does, one after the other. */
export function stagesOf({ method, ...settings }: ClassifierSettings): Stage[] {
  if (method.kind !== 'lpft') return [{ ...settings, method }];
  const { headEpochs: epochs, headLearningRate: learningRate } = method;
  return [
    { ...settings, epochs, learningRate, method: { kind: 'head' } },
    { ...settings, method: { kind: 'full', layerRate: 1, frozenLayers: 0 } },
  ];
}
