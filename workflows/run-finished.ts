import { defineSignal } from '@temporalio/workflow';
import type { RunOutcome } from '../domain/run.ts';

/** What a detached run tells its supervisor when it has ended. */
export const runFinished = defineSignal<[{ runId: string; outcome: RunOutcome }]>('runFinished');
