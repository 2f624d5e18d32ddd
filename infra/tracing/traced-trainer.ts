import type { Trainer } from '../../domain/ports.ts';
import type { Tracing } from '../../domain/tracing.ts';

/**
 * A trainer whose trainings are spans, with their epochs as events. The span is made here and not in the child: one that
 * is killed, or dies of its memory, has a span all the same, and it says so. A program of the team's own finds the
 * context in TRACEPARENT and can add spans of its own.
 */
export const tracedTrainer = (trainer: Trainer, tracing: Tracing): Trainer => ({
  fineTune: (job, options) =>
    tracing.span('train', { facts: { 'driftloop.model': job.model.name } }, async (span) => {
      let epoch = 0;
      const report = await trainer.fineTune(job, {
        ...options,
        trace: span.context,
        onProgress(progress) {
          if (progress.epoch > epoch) {
            epoch = progress.epoch;
            span.event('epoch', {
              'driftloop.training.epoch': epoch,
              'driftloop.training.step': progress.step,
              'driftloop.training.loss': progress.trainLoss,
              'driftloop.training.validation_loss': progress.validationLoss,
            });
          }
          options.onProgress(progress);
        },
      });
      span.add({
        'driftloop.training.steps': report.steps,
        'driftloop.training.epochs': report.epochs,
        'driftloop.training.best_epoch': report.bestEpoch,
        'driftloop.training.validation_loss': report.validationLoss,
        'driftloop.training.backend': report.backend,
        'driftloop.training.peak_memory_mb': report.peakMemoryMb,
        'driftloop.training.resumed_at_step': report.resumedAtStep,
      });
      return report;
    }),
});
