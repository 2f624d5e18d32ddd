import type { RunPhase } from '../domain/run.ts';
import { quick } from './activities.ts';

/** Writes lines to the story of a run. `chapter` keeps the keys of one teller apart from those of another. */
export function storyOf(runId: string, chapter: string) {
  let lines = 0;
  return async (
    phase: RunPhase,
    sentence: string,
    data?: Readonly<Record<string, unknown>>,
  ): Promise<void> => {
    lines += 1;
    const event = { key: `${chapter}-${lines}`, phase, sentence, ...(data === undefined ? {} : { data }) };
    await quick.tell({ runId, event });
  };
}
