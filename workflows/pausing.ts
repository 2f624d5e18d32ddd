import { defineSignal } from '@temporalio/workflow';

/** The kill switch. Heard by a model's supervisor, which passes it on to the run, which passes it on to the rollout. */
export const pause = defineSignal<[{ by: string }]>('pause');
export const resume = defineSignal<[{ by: string }]>('resume');
