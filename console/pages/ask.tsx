import type { FC } from 'hono/jsx';
import type { ModelView, RunView } from '../model-view.ts';
import { sayDeadline } from '../run-state.ts';
import { sayQuestion } from '../sentences.ts';
import type { Clock } from '../times.ts';
import { lasting } from '../wording.ts';
import { I } from './icons.tsx';

type Asked = { run: RunView; view: Pick<ModelView, 'name' | 'champion' | 'rollout'> };

/** What waits for a person; the decision is made where everything about it is read. */
export const ShortAsk: FC<Asked> = ({ run, view }) => {
  const { short, because } = sayQuestion(run, view);
  return (
    <div class="ask short">
      <I name="person" />
      <div>
        <p>
          <b>{short}</b> {because}
        </p>
      </div>
      <ReadAndDecide run={run} />
    </div>
  );
};

/** The same with what it sets in motion and until when. */
export const LongAsk: FC<Asked & { clock: Clock }> = ({ run, view, clock }) => {
  const { title, because, after } = sayQuestion(run, view);
  const waits =
    run.waitsSince === null ? null : `Waits for ${lasting(clock.now - Date.parse(run.waitsSince))}`;
  return (
    <div class="ask short">
      <I name="person" />
      <div>
        <h2>{title}</h2>
        <p>{because}</p>
        <p>{after}</p>
        <p class="muted small">{[waits, sayDeadline(run.asked, clock)].filter(Boolean).join(' · ')}</p>
      </div>
      <ReadAndDecide run={run} />
    </div>
  );
};

const ReadAndDecide: FC<{ run: RunView }> = ({ run }) => (
  <a class="btn you" href={`/runs/${run.id}/approve`} data-key="a">
    Read and decide
  </a>
);
