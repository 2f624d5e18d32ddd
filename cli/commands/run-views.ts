import type { RunStore } from '../../domain/ports.ts';
import { isWaiting } from '../../domain/run.ts';
import { sayTriage, triageOf } from '../../domain/triage.ts';
import { printDossier } from '../../console/dossier/print-dossier.ts';
import { readDossier } from '../../console/dossier/read-dossier.ts';
import type { Answer } from '../output.ts';
import type { Stores } from '../wiring.ts';

/** What `run show` prints. */

/** The story, sentence by sentence. */
export async function showStory({ runs }: { runs: RunStore }, id: string): Promise<Answer> {
  const found = await runs.get(id);
  const [story, evaluations] = await Promise.all([runs.story(id), runs.evaluations(id)]);
  const triage = triageOf(story);
  const lines = story.map((e) => `${e.at}  ${e.phase.padEnd(20)}  ${e.sentence}`);
  return {
    json: { ...found, triage, story, evaluations },
    text: [
      `${found.id} of ${found.model}, because: ${found.trigger.reason}`,
      ...(triage === null ? [] : [`Triage: ${sayTriage(triage)}`]),
      ...lines,
      found.outcome?.sentence ?? `Now: ${found.phase}.`,
    ].join('\n'),
    next: isWaiting(found) ? `driftloop run show ${id} --dossier` : `driftloop version list ${found.model}`,
  };
}

/** What whoever decides has to know. */
export async function showDossier(stores: Stores, id: string): Promise<Answer> {
  const dossier = await readDossier(stores, id);
  const found = await stores.runs.get(id);
  return {
    json: dossier,
    text: printDossier(dossier, { now: Date.now(), zone: 'UTC' }),
    next: isWaiting(found) ? `driftloop run approve ${id} --reason "…"` : `driftloop run show ${id}`,
  };
}
