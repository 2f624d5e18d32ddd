import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Trainer } from '../../domain/ports.ts';
import type { TrainingProgress } from '../../domain/run.ts';
import { roleMetrics } from '../../domain/role-metrics.ts';

/** A trainer whose trainings can be watched while they go on. What has ended leaves no gauge behind. */
export function gaugedTrainer(trainer: Trainer, registry: Registry): Trainer {
  const gauge = ({ name, help, labels }: { name: string; help: string; labels: readonly string[] }) =>
    new Gauge({ name, help, labelNames: [...labels], registers: [registry] });
  const { trainingStep, trainingLoss, trainingRate, trainingExamples, trainingMemory } = roleMetrics;
  const loss = gauge(trainingLoss);
  const ofModel = {
    step: gauge(trainingStep),
    rate: gauge(trainingRate),
    examples: gauge(trainingExamples),
    memory: gauge(trainingMemory),
  };
  const show = (model: string, progress: TrainingProgress) => {
    const set = (of: Gauge, labels: Record<string, string>, value: number | null) => {
      if (value !== null) of.set(labels, value);
    };
    set(ofModel.step, { model }, progress.step);
    set(ofModel.rate, { model }, progress.learningRate);
    set(ofModel.examples, { model }, progress.examplesPerSecond);
    set(ofModel.memory, { model }, progress.memoryMb === null ? null : progress.memoryMb * 2 ** 20);
    set(loss, { model, part: 'train' }, progress.trainLoss);
    set(loss, { model, part: 'validation' }, progress.validationLoss);
  };
  const takeAway = (model: string) => {
    for (const of of Object.values(ofModel)) of.remove({ model });
    for (const part of ['train', 'validation']) loss.remove({ model, part });
  };
  return {
    async fineTune(job, options) {
      const model = job.model.name;
      const onProgress = (progress: TrainingProgress) => {
        show(model, progress);
        options.onProgress(progress);
      };
      try {
        return await trainer.fineTune(job, { ...options, onProgress });
      } finally {
        takeAway(model);
      }
    },
  };
}
