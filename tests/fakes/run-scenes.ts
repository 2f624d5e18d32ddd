import type { RunEvent } from '../../domain/ports.ts';
import { startingUp } from '../../domain/run.ts';
import type { CoursePoint, Run, RunOutcome } from '../../domain/run.ts';
import type { ConsoleWorld } from './console-world.ts';

const minute = 60_000;

/** The course of a training whose losses fall; made up, and the same at every run. */
export const fallingCourse = ({ to, from }: { to: number; from: number }): CoursePoint[] =>
  Array.from({ length: Math.floor(to / 20) }, (_, i) => {
    const step = (i + 1) * 20;
    const fall = Math.exp(-step / 700);
    return {
      step,
      trainLoss: 0.34 + 0.36 * fall + 0.008 * Math.sin(i * 1.7),
      validationLoss: step < 100 ? null : 0.37 + 0.34 * Math.exp(-(step - (step % 100)) / 650),
      at: new Date(from + step * 900).toISOString(),
    };
  });

const story = (began: number): (RunEvent & { at: string })[] => {
  const at = (minutes: number) => new Date(began + minutes * minute).toISOString();
  return [
    { key: 'run-1', phase: 'triage', sentence: 'Asked for.', data: { trigger: 'manual' }, at: at(0) },
    { key: 'run-2', phase: 'snapshot', sentence: 'A new challenger is trained on 4,000 rows.', at: at(0.2) },
    {
      key: 'run-3',
      phase: 'fine-tuning',
      sentence: 'Learns from 3,600 rows and validates on the 400 newest.',
      data: { rehearsalShare: 0, rows: { train: 3_600, validation: 400, rehearsal: 0, golden: 0 } },
      at: at(0.3),
    },
  ];
};

/** Puts a run of `model` into the world, as it stood when it began 20 minutes ago; `change` says where it is. */
function runOf(world: ConsoleWorld, id: string, model: string, change: Partial<Run>): Run {
  const startedAt = new Date(world.time.now - 20 * minute).toISOString();
  const run: Run = {
    id,
    model,
    trigger: { kind: 'manual', firedAt: startedAt, reason: 'New meters.', by: 'operator@team' },
    phase: 'fine-tuning',
    configDigest: 'c',
    startedAt,
    endedAt: null,
    snapshotId: null,
    version: null,
    verdict: null,
    outcome: null,
    promotedAt: null,
    trainSeconds: null,
    progress: null,
    ...change,
  };
  world.rows.runs.push(run);
  world.rows.stories.set(id, story(Date.parse(startedAt)));
  return run;
}

/** A run that trains at this moment. */
export function trainingRun(world: ConsoleWorld, id = 'run-training', model = 'meter-digits'): Run {
  const course = fallingCourse({ to: 1_200, from: world.time.now - 19 * minute });
  world.rows.courses.set(id, course);
  const { step, trainLoss, validationLoss } = course.at(-1)!;
  return runOf(world, id, model, {
    progress: {
      ...startingUp,
      step,
      steps: 4_000,
      epoch: 2,
      trainLoss,
      validationLoss,
      examplesPerSecond: 340,
      backend: 'tensorflow-cpu',
    },
  });
}

/** One that the gate holds. */
export function heldRun(world: ConsoleWorld, id = 'run-held', model = 'meter-digits'): Run {
  const run = runOf(world, id, model, { phase: 'holding', version: 'v3', trainSeconds: 240 });
  world.rows.stories.get(id)!.push({
    key: 'run-4',
    phase: 'holding',
    sentence: 'Held: about 312 more labels would settle it.',
    data: { look: 1, rows: 88, verdict: 'hold' },
    at: new Date(world.time.now - 10 * minute).toISOString(),
  });
  return run;
}

/** One that is over, in whichever way. */
export function endedRun(
  world: ConsoleWorld,
  outcome: RunOutcome,
  id = `run-${outcome.kind}`,
  model = 'meter-digits',
): Run {
  const endedAt = new Date(world.time.now - 5 * minute).toISOString();
  const run = runOf(world, id, model, { phase: 'ended', outcome, endedAt });
  world.rows.stories.get(id)!.push({ key: 'ended', phase: 'ended', sentence: outcome.sentence, at: endedAt });
  return run;
}
