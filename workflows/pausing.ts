import { defineSignal } from '@temporalio/workflow';
import type { Speaker } from '../domain/person.ts';

/** The kill switch. Heard by a model's supervisor, which passes it on to the run, which passes it on to the rollout. */
export const pause = defineSignal<[Speaker]>('pause');
export const resume = defineSignal<[Speaker]>('resume');
