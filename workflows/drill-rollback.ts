import type { DrillOutcome } from '../activities/drill-way-back.ts';
import { scoring } from './activities.ts';

/** What a model's drill schedule starts at each slot: tries the way back, and moves nothing. */
export async function drillRollback({ model }: { model: string }): Promise<DrillOutcome> {
  return await scoring.drillRollback({ model });
}
