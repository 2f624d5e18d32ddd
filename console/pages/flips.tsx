import type { FC } from 'hono/jsx';
import type { Dossier } from '../dossier/dossier.ts';
import { sayCase } from '../dossier/say-dossier.ts';
import type { Clock } from '../times.ts';
import { count, rate, sayAnswer } from '../wording.ts';
import { State } from './icons.tsx';
import { Section } from './parts.tsx';

/** Cases that only one of the two versions gets right, with examples of each kind. */
export const Flips: FC<{
  flips: NonNullable<Dossier['flips']>;
  task: Dossier['task'];
  champion: string | null;
  clock: Clock;
}> = ({ flips, task, champion, clock }) => (
  <Section
    id="flips"
    title="Answers that change"
    say={
      <>
        Of {count(flips.of)} tested <b>{count(flips.fixed)}</b> fixed, <b>{count(flips.broken)}</b> broken.
        {flips.examples.length === 0 ? '' : ' Some of each:'}
      </>
    }
  >
    <ol class="flips">
      {flips.examples.map((flip) => (
        <li>
          <State
            mark={
              flip.kind === 'fixed'
                ? { icon: 'ok', tone: 'ok', word: 'Fixed' }
                : { icon: 'rejected', tone: 'bad', word: 'Broken' }
            }
          />
          <p>
            {sayCase(flip, clock)} · is {sayAnswer(flip.label, task.kind)}{' '}
            <span class="muted">
              {champion} {sayAnswer(flip.champion.label, task.kind)} {scored(flip.champion)}
            </span>
          </p>
          <b>
            {sayAnswer(flip.challenger.label, task.kind)} {scored(flip.challenger)}
          </b>
        </li>
      ))}
    </ol>
  </Section>
);

const scored = ({ score }: { score: number | null }): string => (score === null ? '' : rate(score, 2));
