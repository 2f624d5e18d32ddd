import { createChildPredictor } from '../../infra/tensorflow/child-predictor.ts';
import { createChildTrainer } from '../../infra/tensorflow/child-trainer.ts';
import { planJob } from './training-files.ts';

/** A process with a predictor and an endless training, which says the ids of its children and waits to be killed. */
const say = (pid: number) => console.log(pid);
createChildPredictor({ onChild: say });
const job = await planJob(process.argv[2]!, { minSteps: 1e7, maxSteps: 1e7 });
await createChildTrainer({ onChild: say }).fineTune(job, {
  onProgress: ({ step }) => {
    if (step > 0) console.log('training');
  },
});
