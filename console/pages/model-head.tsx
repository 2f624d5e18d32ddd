import type { FC } from 'hono/jsx';
import { mayDo } from '../../domain/person.ts';
import type { ModelView } from '../model-view.ts';
import { inMotion, modelLede } from '../sentences.ts';
import type { Clock } from '../times.ts';
import { amount, count, counted, percent, rate, windowWords } from '../wording.ts';
import { State } from './icons.tsx';
import { healthMarks } from './layout.tsx';
import type { Reader } from './layout.tsx';
import { Act, Fact, Words } from './parts.tsx';

/** The name, the sentence that answers the page, and the kill switch. */
export const Head: FC<{ view: ModelView; clock: Clock; reader: Reader }> = ({ view, clock, reader }) => {
  const verb = view.paused ? 'resume' : 'pause';
  const lede = modelLede(view, clock);
  return (
    <div class="head" id="head" data-live>
      <div>
        <h1>
          <code>{view.name}</code>
          <State mark={healthMarks[view.health.word]} />
          {view.paused ? <State mark={{ icon: 'paused', tone: 'plain', word: 'Paused' }} /> : null}
          {view.champion === null ? null : (
            <>
              <span class="muted">answered by</span>
              <span class="v champion">{view.champion.version}</span>
            </>
          )}
          {view.challenger === null ? null : (
            <>
              <span class="muted">and</span>
              <span class="v challenger">
                {view.challenger.version}{' '}
                {view.challenger.share === 0 ? 'on copies' : percent(view.challenger.share)}
              </span>
            </>
          )}
        </h1>
        <p class="lede">
          <Words text={lede.answer} />
        </p>
        <p class="why">
          <Words text={lede.why} />
        </p>
        <p class="small places">
          <a href={`/models/${view.name}/rollout`}>Rollout</a>{' '}
          <a href={`/models/${view.name}/versions`}>Versions</a>{' '}
          <a href={`/models/${view.name}/policy`}>Policy</a>
        </p>
      </div>
      {mayDo(reader.person, verb, view.name) ? (
        <Act action={`/models/${view.name}/${verb}`} csrf={reader.csrf} class="acts">
          <button class="btn" title={view.paused ? 'Runs begin again' : 'No run begins until it is resumed'}>
            {view.paused ? 'Resume retraining' : 'Pause retraining'}
          </button>
        </Act>
      ) : null}
    </div>
  );
};

/** Five figures, each with what it stands against. */
export const Facts: FC<{ view: ModelView }> = ({ view }) => {
  const { live, champion, objective } = view;
  const current = inMotion(view);
  const window = live.state === 'answers' ? `last ${windowWords(live.windowMs)}` : '';
  const accuracy = live.state === 'answers' ? live.accuracy : null;
  const regret = live.state === 'answers' ? live.regret : null;
  const price = live.state === 'answers' ? live.price : null;
  return (
    <dl class="facts" id="facts" data-live>
      <Fact
        name={`Accuracy, ${window === '' ? 'as known' : window}`}
        note={[
          objective?.metric === 'accuracy' ? `objective ${rate(objective.atLeast, 2)}` : '',
          live.state === 'answers' ? counted(live.labelledInWindow ?? 0, 'label') : 'no live figures',
        ]
          .filter((text) => text !== '')
          .join(' · ')}
      >
        {accuracy === null ? '–' : rate(accuracy)}
      </Fact>
      <Fact
        name="Regret"
        note={price === null ? 'errors beyond what it promised' : `a training is worth ${amount(price)}`}
      >
        {regret === null ? '–' : amount(regret)}
      </Fact>
      <Fact
        name="Champion"
        note={
          champion?.accuracyOnTest == null ? 'not tested' : `${rate(champion.accuracyOnTest)} on its test`
        }
      >
        {champion === null ? '–' : <span class="champion">{champion.version}</span>}
      </Fact>
      <Fact
        name="Labels"
        note={
          live.state === 'answers' && live.predictions !== null
            ? // Prometheus was asked a moment earlier: there are at least as many as have labels.
              `of ${counted(Math.max(live.predictions, view.labelled), 'prediction')}`
            : 'so far'
        }
      >
        {count(view.labelled)}
      </Fact>
      <Fact
        name="Runs"
        note={current === null ? (view.paused ? 'paused' : 'none under way') : 'one under way'}
      >
        {view.runs.length >= 30 ? '30+' : count(view.runs.length)}{' '}
        <small>
          {counted(view.runs.filter((r) => r.outcome?.kind === 'promoted').length, 'promoted', 'promoted')}
        </small>
      </Fact>
    </dl>
  );
};
