import { expect, onTestFinished, test } from 'vitest';
import { DriftloopError } from '../../../../domain/errors.ts';
import type { Trainer, TrainingJob, TrainingReport } from '../../../../domain/ports.ts';
import { startingUp } from '../../../../domain/run.ts';
import { startProgram } from '../../../../infra/command/program.ts';
import { tracedTrainer } from '../../../../infra/tracing/traced-trainer.ts';
import { traceCollector } from '../../../support/trace-collector.ts';

const job = { model: { name: 'plans' } } as TrainingJob;

test('a training that dies has a span all the same, with the epochs that it came to', async () => {
  const collector = await traceCollector();
  onTestFinished(() => collector.close());
  const killed = new DriftloopError('DL_TRAINING_OUT_OF_MEMORY', 'Too large.', {
    fix: 'Less.',
    retryable: true,
  });
  const dying: Trainer = {
    async fineTune(_, { onProgress }): Promise<TrainingReport> {
      for (const epoch of [1, 1, 2])
        onProgress({ ...startingUp, epoch, step: epoch * 10, trainLoss: 1 / epoch });
      throw killed;
    },
  };
  const heard: number[] = [];
  const trainer = tracedTrainer(dying, collector.open('driftloop-worker-gpu'));
  await expect(trainer.fineTune(job, { onProgress: ({ step }) => void heard.push(step) })).rejects.toBe(
    killed,
  );
  expect(heard).toEqual([10, 10, 20]);
  const [span] = await collector.all();
  expect(span).toMatchObject({
    name: 'train',
    status: { code: 2 },
    facts: { 'driftloop.model': 'plans', 'error.type': 'DL_TRAINING_OUT_OF_MEMORY' },
  });
  expect(span!.events.map(({ name, facts }) => [name, facts['driftloop.training.loss']])).toEqual([
    ['epoch', 1],
    ['epoch', 0.5],
  ]);
});

test('a program of a team finds the span that it belongs to; without traces it finds none', async () => {
  const say = 'console.log(JSON.stringify(process.env.TRACEPARENT ?? null))';
  const heardBy = async (trace?: { traceparent: string }) => {
    const lines: string[] = [];
    const program = await startProgram([process.execPath, '--eval', say], {
      graceMs: 1_000,
      onLine: (line) => lines.push(line),
      ...(trace === undefined ? {} : { trace }),
    });
    await program.ended;
    return lines.map((line) => JSON.parse(line) as string | null);
  };
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  expect(await heardBy({ traceparent })).toEqual([traceparent]);
  expect(await heardBy()).toEqual([process.env['TRACEPARENT'] ?? null]);
});
