import type { FC } from 'hono/jsx';
import type { ModelView, RunView } from '../model-view.ts';
import { markRun } from '../run-state.ts';
import { waiting } from '../sentences.ts';
import { clockTime } from '../times.ts';
import type { Clock } from '../times.ts';
import { sentence } from '../wording.ts';
import { ShortAsk } from './ask.tsx';
import { I } from './icons.tsx';
import { Bar } from './layout.tsx';
import { Section, Time } from './parts.tsx';

/** Does anything wait for me, and what was decided last? */
export const ApprovalsPage: FC<{ models: readonly ModelView[]; clock: Clock }> = ({ models, clock }) => {
  const asks = models.flatMap((model) => waiting(model).map((run) => ({ model, run })));
  const decided = models
    .flatMap(({ runs }) => runs)
    .filter((run) => run.decision !== null)
    .toSorted((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt));
  return (
    <>
      <Bar crumbs={[{ text: 'Approve' }]} clock={clock} />
      <main class="page" id="main">
        <div class="head" id="head" data-live>
          <div>
            <h1>Approve</h1>
            <p class="lede">{sayWaiting(asks.length)}</p>
            <p class="why">{sayLast(decided[0], clock)}</p>
          </div>
        </div>
        <div class="asks" id="asks" data-live>
          {asks.map(({ model, run }) => (
            <ShortAsk run={run} view={model} />
          ))}
        </div>
        {decided.length === 0 ? null : (
          <Section id="decided" title="Decided before">
            <ol class="feed">
              {decided.slice(0, SHOWN).map((run) => (
                <li>
                  <Time at={run.decision!.at} clock={clock} />
                  <span class="st plain">
                    <I name={markRun(run).icon} />
                  </span>
                  <p>
                    <a href={`/runs/${run.id}/approve`}>{[run.model, run.version ?? ''].join(' ').trim()}</a>{' '}
                    {sayDecision(run.decision!)}
                  </p>
                </li>
              ))}
            </ol>
          </Section>
        )}
      </main>
    </>
  );
};

const SHOWN = 20;

const sayWaiting = (n: number): string =>
  n === 0
    ? 'Nothing waits for you.'
    : n === 1
      ? 'One decision waits for you.'
      : `${n} decisions wait for you.`;

function sayLast(run: RunView | undefined, clock: Clock): string {
  if (run?.decision == null) return 'Nothing has been decided yet.';
  const { at } = run.decision;
  return `Last decision: ${run.model} ${run.version ?? ''}, ${clockTime(at, clock)}, ${sayDecision(run.decision)}`;
}

const sayDecision = ({ kind, by, reason }: NonNullable<RunView['decision']>): string =>
  `${kind === 'approve' ? 'approved' : 'rejected'} by ${by}${reason === '' ? '.' : `: ${sentence(reason)}`}`;
