import type { FC } from 'hono/jsx';
import type { RolloutView } from '../rollout/rollout-view.ts';
import { markRollout, rolloutLede } from '../rollout/say-rollout.ts';
import { clockTime } from '../times.ts';
import type { Clock } from '../times.ts';
import { capital, counted, sentence } from '../wording.ts';
import { State } from './icons.tsx';
import { Bar } from './layout.tsx';
import { Note, Section, Table, Time, Words } from './parts.tsx';

/** Every rollout that goes on, and what came of the newest others. */
export const RolloutsPage: FC<{ views: readonly RolloutView[]; clock: Clock }> = ({ views, clock }) => {
  const open = views.filter(({ shown }) => shown?.isOpen === true);
  const past = views
    .flatMap(({ model, past: those }) => those.map((one) => ({ ...one, model })))
    .toSorted((a, b) => (a.endedAt < b.endedAt ? 1 : -1))
    .slice(0, 15);
  return (
    <>
      <Bar crumbs={[{ text: 'Rollouts' }]} clock={clock} />
      <main class="page" id="main">
        <div class="head" id="head" data-live>
          <div>
            <h1>Rollouts</h1>
            <p class="lede">
              {open.length === 0
                ? 'No rollout goes on: every champion answers alone.'
                : `${counted(open.length, 'challenger')} ${open.length === 1 ? 'is' : 'are'} on the way to production.`}
            </p>
            <p class="why">A rollout moves by evidence, and harm takes it back by itself.</p>
          </div>
        </div>
        <Section id="open" title="On the way">
          {open.length === 0 ? (
            <Note icon="rollout" answer="Nothing is on the way.">
              A challenger comes here when it has passed the gate, and a person where one is asked.
            </Note>
          ) : (
            <Table class="tbl cards" heads={['Model', 'State', 'Is it safe?']}>
              {open.map((view) => (
                <tr class="go">
                  <th scope="row">
                    <a href={`/models/${view.model}/rollout`} data-row>
                      {view.model}
                    </a>
                    <small>
                      {view.shown!.over} → {view.shown!.version}
                    </small>
                  </th>
                  <td class="nowrap">
                    <State mark={markRollout(view.shown!)} />
                  </td>
                  <td class="full">
                    <Words text={rolloutLede(view, clock).answer} />
                  </td>
                </tr>
              ))}
            </Table>
          )}
        </Section>
        <Section id="past" title="Over">
          {past.length === 0 ? (
            <p class="say">No rollout has ended yet.</p>
          ) : (
            <Table class="tbl cards" heads={['Model', 'Ended', 'What came of it']}>
              {past.map(({ model, runId, version, kind, sentence: said, endedAt }) => (
                <tr class="go">
                  <th scope="row">
                    <a href={`/models/${model}/rollout?run=${encodeURIComponent(runId)}`} data-row>
                      {model}
                    </a>
                    <small>{version}</small>
                  </th>
                  <td class="nowrap" title={clockTime(endedAt, clock)}>
                    <Time at={endedAt} clock={clock} />
                  </td>
                  <td class="full">
                    <State
                      mark={
                        kind === 'promoted'
                          ? { icon: 'ok', tone: 'ok', word: 'Promoted' }
                          : { icon: 'rejected', tone: 'bad', word: 'Withdrawn' }
                      }
                    />{' '}
                    {sentence(capital(said))}
                  </td>
                </tr>
              ))}
            </Table>
          )}
        </Section>
      </main>
    </>
  );
};
