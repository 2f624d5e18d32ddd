import type { FC } from 'hono/jsx';
import { labelsOfText } from '../../domain/answer-text.ts';
import type { DriftloopError } from '../../domain/errors.ts';
import { rolesWith } from '../../domain/person.ts';
import type { QueueRow } from '../../domain/teach.ts';
import { LabelsBuy } from '../charts/labels-buy.tsx';
import { emptyQueue, reasonMarks, sayBuys, sayQueue, thing } from '../teach-sentences.ts';
import { choicesOf, lineOf, surenessOf } from '../teach-view.ts';
import type { Order, TeachView } from '../teach-view.ts';
import type { Clock } from '../times.ts';
import { count, counted, listed, rate } from '../wording.ts';
import { I } from './icons.tsx';
import { Bar } from './layout.tsx';
import type { Reader } from './layout.tsx';
import { Act, Note, Time } from './parts.tsx';

export type TeachProps = {
  view: TeachView;
  order: Order;
  /** The row that is asked about first; the first of the queue otherwise. */
  current: string | null;
  /** What was said last from this page, to be taken back. */
  last: { id: string; predictionId: string } | null;
  mayTeach: boolean;
  reader: Reader;
  clock: Clock;
  problem: DriftloopError | null;
};

/** Rows that are on the page at once, so that a person without a connection can go on. */
const AT_ONCE = 24;
/** Rows that the queue shows. */
const LISTED = 8;

/** The label queue of a model: one row, large, and one key for each label. */
export const TeachPage: FC<TeachProps> = (props) => {
  const { view, order, clock, reader, mayTeach, problem } = props;
  const place = `/models/${encodeURIComponent(view.model)}/teach`;
  const at = Math.max(
    0,
    view.rows.findIndex(({ predictionId }) => predictionId === props.current),
  );
  const ahead = [...view.rows.slice(at), ...view.rows.slice(0, at)].slice(0, AT_ONCE);
  return (
    <>
      <Bar crumbs={[{ text: 'Teach', href: '/teach' }, { text: view.model }]} clock={clock} />
      <main class="page" id="main">
        <div class="head" id="head" data-live>
          <div>
            <h1>
              Teach ·{' '}
              <a class="mono" href={`/models/${encodeURIComponent(view.model)}`}>
                {view.model}
              </a>
            </h1>
            <p class="lede">{sayQueue(view)}</p>
          </div>
          {mayTeach ? (
            <div class="acts">
              <a class="btn" href={`${place}/label-studio`} download>
                Export for Label Studio
              </a>
            </div>
          ) : null}
        </div>
        {problem === null ? null : (
          <Note icon="bad" tone="bad" answer={problem.message}>
            {problem.fix} <code>{problem.code}</code>
          </Note>
        )}
        <div class="note warn waits" role="status" id="waits" hidden>
          <I name="warn" />
          <p>
            <b>Not saved yet</b> <small />
          </p>
        </div>
        <div class="teach" data-teach={JSON.stringify({ model: view.model, csrf: reader.csrf, order })}>
          <Queue view={view} order={order} current={ahead[0]?.predictionId ?? null} place={place} />
          <section aria-label="What is asked" class="asked" id="asked">
            {ahead.length === 0 ? (
              <Empty />
            ) : (
              ahead.map((row, i) => <Asked {...props} row={row} isHidden={i > 0} place={place} at={at + i} />)
            )}
          </section>
          <Beside view={view} />
        </div>
      </main>
    </>
  );
};

const Empty: FC = () => (
  <Note icon="ok" answer="Nothing worth your time now.">
    {emptyQueue}
  </Note>
);

const Queue: FC<{ view: TeachView; order: Order; current: string | null; place: string }> = ({
  view,
  order,
  current,
  place,
}) => (
  <section aria-label="Queue" class="queue-side">
    <div class="shead">
      <h2>Queue</h2>
      <nav class="seg" aria-label="Sorted by">
        {(['useful', 'newest'] as const).map((one) => (
          <a
            href={one === 'useful' ? place : `${place}?order=newest`}
            {...(order === one ? { 'aria-current': 'true' as const } : {})}
          >
            {one === 'useful' ? 'Most useful' : 'Newest'}
          </a>
        ))}
      </nav>
    </div>
    <ol class="queue" id="queue">
      {view.rows.slice(0, AT_ONCE).map((row, i) => {
        const mark = reasonMarks[row.reason];
        const sure = surenessOf(view.task, row);
        return (
          <li hidden={i >= LISTED} data-of={row.predictionId}>
            <a
              data-row
              href={`${place}?${order === 'newest' ? 'order=newest&' : ''}row=${row.predictionId}`}
              {...(row.predictionId === current ? { 'aria-current': 'true' as const } : {})}
            >
              <b>{lineOf(view, row.input).slice(0, 90)}</b>
              <small>
                <I name={mark.icon} />
                {mark.word}
                {sure === null ? null : <span class="end">{rate(sure, 2)}</span>}
              </small>
            </a>
          </li>
        );
      })}
    </ol>
    <p class="muted small" id="queue-more">
      {view.rows.length > LISTED ? `${count(view.rows.length - LISTED)} more. ` : ''}
      {view.task.kind === 'classification' && view.rows.length > 0
        ? 'The figure is how sure the answer was.'
        : ''}
    </p>
  </section>
);

type AskedProps = TeachProps & { row: QueueRow; isHidden: boolean; place: string; at: number };

const Asked: FC<AskedProps> = ({ view, row, isHidden, mayTeach, reader, clock, place, at, order, last }) => {
  const mark = reasonMarks[row.reason];
  return (
    <article hidden={isHidden} data-row-id={row.predictionId}>
      <div class="about">
        <span class="tag">
          <I name={mark.icon} />
          {mark.word}
        </span>
        <span class="muted grows">
          {row.reason === 'random' ? null : <>{row.because} · </>}
          <Time at={row.at} clock={clock} />
          {contextOf(row)}
        </span>
        <span class="muted end">{`${count(at + 1)} of ${count(view.rows.length)}`}</span>
      </div>
      <Shown view={view} row={row} place={place} />
      {mayTeach ? (
        <Act action={place} csrf={reader.csrf} class="answer">
          <input type="hidden" name="row" value={row.predictionId} />
          <input type="hidden" name="order" value={order} />
          <Answers view={view} row={row} />
          <div class="others">
            <button class="btn" name="kind" value="skip" data-key="s" formnovalidate>
              Skip <kbd>s</kbd>
            </button>
            <button class="btn" name="kind" value="unclear" data-key="n" formnovalidate>
              Not clear <kbd>n</kbd>
            </button>
          </div>
        </Act>
      ) : (
        <Note icon="person" answer="You may look.">
          {`Labelling asks for one of the roles ${listed(rolesWith('teach'))}.`}
        </Note>
      )}
      {mayTeach ? (
        <Act action={place} csrf={reader.csrf} class="undo">
          <input type="hidden" name="order" value={order} />
          <input type="hidden" name="row" value={last?.predictionId ?? ''} />
          <input type="hidden" name="value" value={last?.id ?? ''} />
          <button class="btn bare" name="kind" value="undo" data-key="u" disabled={last === null}>
            Undo <kbd>u</kbd>
          </button>
        </Act>
      ) : null}
      <p class="muted small kept">
        Kept as feedback from <b>{reader.person.name}</b>. Picked {thing(view)}s train the next version. Only
        those drawn at random test one, because picked ones are harder than real traffic.
      </p>
    </article>
  );
};

const CONTEXT = 3;
/** What a client has sent along, where it is short enough to be read. */
const contextOf = ({ context }: QueueRow): string =>
  Object.values(context ?? {})
    .filter((value) => typeof value === 'string' && value.length <= 40)
    .slice(0, CONTEXT)
    .map((value) => ` · ${String(value)}`)
    .join('');

const Shown: FC<{ view: TeachView; row: QueueRow; place: string }> = ({ view, row, place }) => {
  if (view.imageOf !== null)
    return (
      <p class="quote">
        <img
          src={`${place}/${row.predictionId}/image`}
          alt="What the model was shown"
          height="224"
          width="224"
        />
      </p>
    );
  if (view.textOf !== null) return <p class="quote">“{lineOf(view, row.input)}”</p>;
  return (
    <dl class="pairs shown">
      {Object.entries(row.input).map(([name, value]) => (
        <>
          <dt class="mono">{name}</dt>
          <dd>{value === null ? <span class="muted">missing</span> : String(value)}</dd>
        </>
      ))}
    </dl>
  );
};

const Answers: FC<{ view: TeachView; row: QueueRow }> = ({ view, row }) => {
  switch (view.task.kind) {
    case 'classification':
      return <OneLabel view={view} row={row} />;
    case 'multi-label':
      return <ManyLabels view={view} row={row} />;
    case 'regression':
      return <Value row={row} />;
    case 'generation':
      return <Words row={row} />;
    default:
      return view.task satisfies never;
  }
};

const Heading: FC<{ title: string; say: string }> = ({ title, say }) => (
  <div class="shead">
    <h2>{title}</h2>
    <span class="muted small">{say}</span>
  </div>
);

const OneLabel: FC<{ view: TeachView; row: QueueRow }> = ({ view, row }) => {
  const { choices, more } = choicesOf(view.task, row);
  return (
    <>
      <Heading title="Which label is right?" say={`one key, then the next ${thing(view)} comes`} />
      <div class="choices" role="group" aria-label="Labels">
        {choices.map(({ label, score, isAnswer }, i) => (
          <button class="choice" name="label" value={label} data-key={i + 1} formnovalidate>
            <kbd>{i + 1}</kbd>
            <span>{label}</span>
            {score === null ? (
              <span />
            ) : (
              <meter min="0" max="1" value={score.toFixed(3)} aria-hidden="true" />
            )}
            <small>
              {score === null ? '' : rate(score, 2)}
              {isAnswer ? ` ${row.version} says` : ''}
            </small>
          </button>
        ))}
        {more === 0 ? null : (
          <div class="choice another">
            <kbd>0</kbd>
            <input
              name="other"
              list="labels"
              data-key="0"
              autocomplete="off"
              aria-label={`Another of ${more} labels`}
              placeholder={`Another of ${more} labels…`}
            />
            <button class="btn" name="kind" value="other">
              Take it
            </button>
            <datalist id="labels">
              {'labels' in view.task ? view.task.labels.map((label) => <option value={label} />) : null}
            </datalist>
          </div>
        )}
      </div>
    </>
  );
};

const ManyLabels: FC<{ view: TeachView; row: QueueRow }> = ({ view, row }) => {
  if (view.task.kind !== 'multi-label') return null;
  const said = labelsOfText(row.answer);
  return (
    <>
      <Heading title="Which labels are right?" say="a key each, then Enter; none is an answer too" />
      <div class="choices" role="group" aria-label="Labels">
        {view.task.labels.map((label, i) => (
          <label class="choice">
            {i < 9 ? <kbd>{i + 1}</kbd> : <span />}
            <span>
              <input
                type="checkbox"
                name="labels"
                value={label}
                checked={said.includes(label)}
                {...(i < 9 ? { 'data-key': i + 1 } : {})}
              />{' '}
              {label}
            </span>
            {row.scores[label] === undefined ? (
              <span />
            ) : (
              <meter min="0" max="1" value={row.scores[label].toFixed(3)} aria-hidden="true" />
            )}
            <small>{row.scores[label] === undefined ? '' : rate(row.scores[label], 2)}</small>
          </label>
        ))}
      </div>
      <div class="others">
        <button class="btn you" name="kind" value="labels">
          These are right
        </button>
      </div>
    </>
  );
};

const Value: FC<{ row: QueueRow }> = ({ row }) => (
  <>
    <Heading title="Which number is right?" say={`${row.version} says ${row.answer}`} />
    <div class="choices">
      <button class="choice" name="label" value={row.answer} data-key="1" formnovalidate>
        <kbd>1</kbd>
        <span>{row.answer} is right</span>
        <span />
        <small>{row.version} says</small>
      </button>
      <div class="choice another">
        <kbd>0</kbd>
        <input name="value" type="number" step="any" data-key="0" required aria-label="The right number" />
        <button class="btn" name="kind" value="label">
          Take it
        </button>
      </div>
    </div>
  </>
);

const Words: FC<{ row: QueueRow }> = ({ row }) => (
  <>
    <Heading title="What should it have said?" say={`${row.version} wrote this; mend it, or rate it`} />
    <label>
      <span class="sr">The answer, corrected</span>
      <textarea name="value" rows={6} data-key="0" required>
        {row.answer}
      </textarea>
    </label>
    <div class="others">
      <button class="btn you" name="kind" value="correction">
        Save what it should say
      </button>
      <button class="btn" name="kind" value="up" data-key="1" formnovalidate>
        Good as it is <kbd>1</kbd>
      </button>
      <button class="btn" name="kind" value="down" data-key="2" formnovalidate>
        Not good <kbd>2</kbd>
      </button>
    </div>
  </>
);

const Beside: FC<{ view: TeachView }> = ({ view }) => {
  const { buys, today, reasons } = view;
  const said = sayBuys(buys, view);
  return (
    <aside class="what-labels-buy" aria-label="What labels buy" id="beside" data-live>
      <section>
        <h2>What your labels buy</h2>
        <p class="say">
          <b>{said.bold}</b> {said.rest}
        </p>
        {buys === null ? null : <LabelsBuy buys={buys} />}
      </section>
      <section>
        <h3>Today</h3>
        <dl class="pairs">
          <dt>Labelled by you</dt>
          <dd>{today.mine}</dd>
          <dt>By the team</dt>
          <dd>{today.team}</dd>
          {today.told === 0 ? null : (
            <>
              <dt>The answer was wrong</dt>
              <dd>{`${today.wrong} of ${today.told}`}</dd>
            </>
          )}
          {today.twice === 0 ? null : (
            <>
              <dt>Two people agreed</dt>
              <dd>{`${rate(today.agreed / today.twice, 2)} of ${today.twice}`}</dd>
            </>
          )}
        </dl>
      </section>
      {reasons.length === 0 ? null : (
        <section>
          <h3>Why these</h3>
          <ul class="reasons">
            {reasons.map(({ reason, rows }) => (
              <li>
                <I name={reasonMarks[reason].icon} />
                <span>
                  {reasonMarks[reason].word.replace(/^./, (first) => first.toUpperCase())}
                  <small class="muted">{reasonMarks[reason].means}</small>
                </span>
                <span>{rows}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </aside>
  );
};

/** The queues of all models that the reader may see. */
export const TeachFleetPage: FC<{
  models: readonly { name: string; waiting: number; reasons: string }[];
  lede: string;
  clock: Clock;
}> = ({ models, lede, clock }) => (
  <>
    <Bar crumbs={[{ text: 'Teach' }]} clock={clock} />
    <main class="page" id="main">
      <div class="head" id="head" data-live>
        <div>
          <h1>Teach</h1>
          <p class="lede">{lede}</p>
          <p class="why">{emptyQueue}</p>
        </div>
      </div>
      <ul class="queues" id="queues" data-live>
        {models.map(({ name, waiting, reasons }) => (
          <li>
            <a data-row href={`/models/${encodeURIComponent(name)}/teach`}>
              <b>{name}</b>
              <span class="muted">{reasons}</span>
              <span class="end">{waiting === 0 ? 'nothing waits' : counted(waiting, 'row', 'rows')}</span>
            </a>
          </li>
        ))}
      </ul>
      {models.length === 0 ? (
        <Note icon="ok" answer="No models yet.">
          <code>driftloop init .</code> writes a config; what it declares is taught here.
        </Note>
      ) : null}
    </main>
  </>
);
