import type { RunEvent } from '../domain/ports.ts';
import type { Run } from '../domain/run.ts';
import type { Dossier } from './dossier/dossier.ts';
import { fiveSentences } from './dossier/say-dossier.ts';
import { markRun } from './run-state.ts';
import type { Clock } from './times.ts';
import { capital, sentence } from './wording.ts';

/** One line of an explanation: what it is about, and what is said. */
export type Explained = Readonly<{ about: string; says: string }>;

export type ExplainMatter = Readonly<{
  run: Pick<Run, 'phase' | 'outcome' | 'version' | 'progress' | 'verdict'>;
  story: readonly Pick<RunEvent, 'phase' | 'sentence' | 'data'>[];
  dossier: Dossier;
}>;

/**
 * Why a run began, what it found and did, how the challenger was proven, how its rollout went, and how it ended: in
 * the words that the page of the decision uses, in the order in which it happened.
 */
export function explainRun({ run, story, dossier }: ExplainMatter, clock: Clock): Explained[] {
  const [happened, done, known, thin, risk] = fiveSentences(dossier, clock);
  const { triage } = dossier;
  const rollout = story.filter(({ phase }) => phase === 'rollout').map((event) => event.sentence);
  const decisions = story
    .filter(({ data }) => data?.['decision'] !== undefined)
    .map((event) => event.sentence);
  return [
    { about: 'Why it began', says: happened!.says },
    ...(triage === null ? [] : [{ about: 'What lay behind it', says: sentence(capital(triage.sentence)) }]),
    ...(done === undefined ? [] : [{ about: 'What was done', says: done.says }]),
    ...(run.verdict === null ? [] : [{ about: 'What the gate said', says: sentence(run.verdict.sentence) }]),
    ...[known, thin, risk].flatMap((said) =>
      said === undefined ? [] : [{ about: said.about, says: said.says }],
    ),
    ...said('Who decided', decisions),
    ...said('How it was rolled out', rollout.slice(-ROLLOUT_SENTENCES)),
    run.outcome === null
      ? { about: 'Now', says: sentence(markRun(run).word) }
      : { about: 'How it ended', says: sentence(run.outcome.sentence) },
  ];
}

/** The last judgements say what the earlier ones led to. */
const ROLLOUT_SENTENCES = 4;

const said = (about: string, sentences: readonly string[]): Explained[] =>
  sentences.length === 0 ? [] : [{ about, says: sentences.map(sentence).join(' ') }];
