import { isWaiting } from '../../domain/run.ts';
import { traceOf } from '../../domain/tracing.ts';
import { sayTriage } from '../../domain/triage.ts';
import { sayBound } from '../../console/dossier/bound-word.ts';
import { printDossier } from '../../console/dossier/print-dossier.ts';
import type { Answer } from '../output.ts';
import type { Driftloop } from '../operate/driftloop.ts';
import type { Decided } from '../operate/run.ts';

/** What `run show` prints. */

/** The story, sentence by sentence. */
export async function showStory({ run }: Pick<Driftloop, 'run'>, id: string): Promise<Answer> {
  const found = await run.get(id);
  const { triage, story } = found;
  const trace = traceOf(story);
  const lines = story.map((e) => `${e.at}  ${e.phase.padEnd(20)}  ${e.sentence}`);
  return {
    json: found,
    text: [
      `${found.id} of ${found.model}, because: ${found.trigger.reason}`,
      ...(triage === null ? [] : [`Triage: ${sayTriage(triage)}`]),
      ...(trace === null ? [] : [`Trace: ${trace}`]),
      ...lines,
      found.outcome?.sentence ?? `Now: ${found.phase}.`,
    ].join('\n'),
    next: isWaiting(found) ? `driftloop run show ${id} --dossier` : `driftloop version list ${found.model}`,
  };
}

/** What whoever decides has to know. */
export async function showDossier({ run }: Pick<Driftloop, 'run'>, id: string): Promise<Answer> {
  const [dossier, found] = await Promise.all([run.dossier(id), run.get(id)]);
  return {
    json: dossier,
    text: printDossier(dossier, { now: Date.now(), zone: 'UTC' }),
    next: isWaiting(found)
      ? `driftloop run approve ${id} --bound-to ${dossier.boundWord}`
      : `driftloop run show ${id}`,
  };
}

/** What was decided, and for what it holds: whoever named nothing sees what they have let through. */
export function sayDecided(decided: Decided): Answer {
  const { runId, decision, boundTo, boundWord } = decided;
  return {
    json: decided,
    text: [
      `${runId}: ${decision === 'approve' ? 'approved' : 'rejected'}. It holds for ${boundWord}:`,
      ...sayBound(boundTo),
    ].join('\n'),
    next: `driftloop run show ${runId}`,
  };
}
