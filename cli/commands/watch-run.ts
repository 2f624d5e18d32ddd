import process from 'node:process';
import { markRun } from '../../console/run-state.ts';
import type { RunStore } from '../../domain/ports.ts';
import { startingUp } from '../../domain/run.ts';
import type { Run } from '../../domain/run.ts';
import type { Answer } from '../output.ts';
import { openScreen, untilOver } from './watching.ts';

/** What `run watch` may see of a run. */
type Watched = Pick<RunStore, 'get' | 'story'>;

/** Sentences as they are told, and where the training is meanwhile; over when the run is, or by Ctrl-C. */
export async function watchRun(
  runs: Watched,
  id: string,
  { everyMs, asJson }: { everyMs: number; asJson: boolean },
): Promise<Answer> {
  // Machines read one line of JSON; people may watch beside it.
  const told = asJson ? process.stderr : process.stdout;
  let heard = 0;
  let run = await runs.get(id);
  const screen = openScreen(process.stderr);
  told.write(`${run.id} of ${run.model}, because: ${run.trigger.reason}\n`);
  const look = async () => {
    run = await runs.get(id);
    const story = await runs.story(id);
    for (const { at, phase, sentence } of story.slice(heard))
      told.write(`${at}  ${phase.padEnd(20)}  ${sentence}\n`);
    heard = story.length;
    if (run.outcome === null) screen.show(`${markRun(run).word}${sayProgress(run)}`);
    return run.outcome !== null;
  };
  await untilOver(everyMs, look, (sentence) => screen.show(sentence));
  screen.close();
  return {
    json: { runId: id, phase: run.phase, outcome: run.outcome },
    text: run.outcome?.sentence ?? `Still on its way: ${run.phase}.`,
    next: run.outcome === null ? `driftloop run watch ${id}` : `driftloop explain ${id}`,
  };
}

function sayProgress({ phase, progress }: Run): string {
  if (phase !== 'fine-tuning' || progress === null || progress.backend === startingUp.backend) return '';
  const { trainLoss, validationLoss, backend } = progress;
  const losses = [
    ...(trainLoss === null ? [] : [`loss ${trainLoss.toFixed(4)}`]),
    ...(validationLoss === null ? [] : [`validation ${validationLoss.toFixed(4)}`]),
  ];
  return `: ${[...losses, `on ${backend}`].join(', ')}`;
}
