import type { FC, PropsWithChildren } from 'hono/jsx';
import { ForestAxis, ForestRow, forestScale } from '../charts/forest.tsx';
import type { Dossier, MetricRow, Place } from '../dossier/dossier.ts';
import {
  dossierLede,
  fiveSentences,
  otherChecks,
  placeMark,
  placeName,
  signed,
} from '../dossier/say-dossier.ts';
import type { Said } from '../dossier/say-dossier.ts';
import type { Clock } from '../times.ts';
import { capital, counted, rate } from '../wording.ts';
import { DecidePanel } from './decide-panel.tsx';
import type { Decider } from './decide-panel.tsx';
import { Flips } from './flips.tsx';
import { I, State } from './icons.tsx';
import { Bar } from './layout.tsx';
import { Refused, Section, Table, unbroken } from './parts.tsx';

export type ApprovePageProps = Decider & {
  dossier: Dossier;
  clock: Clock;
  problem: { code: string; message: string; fix: string } | null;
};

/** May I say yes? */
export const ApprovePage: FC<ApprovePageProps> = (props) => {
  const { dossier, clock, problem } = props;
  const { model, challenger, champion } = dossier;
  const { answer, why } = dossierLede(dossier);
  return (
    <>
      <Bar
        crumbs={[{ text: 'Approve', href: '/approve' }, { text: [model, challenger ?? ''].join(' ').trim() }]}
        clock={clock}
      />
      <main class="page" id="main">
        <Refused problem={problem} />
        <div class="head" id="head" data-live>
          <div>
            <h1>
              {props.isOpen ? <State mark={{ icon: 'person', tone: 'you', word: 'Your decision' }} /> : null}
              <a class="mono" href={`/models/${model}`}>
                {model}
              </a>
              {champion === null ? null : <span class="v champion">{champion}</span>}
              {challenger === null ? null : (
                <>
                  <span aria-label="to">→</span> <span class="v challenger">{challenger}</span>
                </>
              )}
            </h1>
            <p class="lede">{unbroken(answer)}</p>
            <p class="why">{unbroken(why)}</p>
          </div>
        </div>
        <div id="dock" data-live>
          {props.isOpen ? (
            <a class="btn you dock" href="#decide">
              <I name="person" /> Decide
            </a>
          ) : null}
        </div>
        <div class="beside">
          <div>
            <SaidSection id="sentences" title="In five sentences" lines={fiveSentences(dossier, clock)} />
            {dossier.places.length === 0 ? null : <Places dossier={dossier} />}
            {dossier.flips === null ? null : (
              <Flips flips={dossier.flips} task={dossier.task} champion={champion} clock={clock} />
            )}
            {challenger === null ? null : (
              <SaidSection id="checks" title="What else was checked" lines={otherChecks(dossier)}>
                {dossier.metrics.length === 0 ? null : <Metrics rows={dossier.metrics} dossier={dossier} />}
              </SaidSection>
            )}
            <p class="say after">
              <a href={`/runs/${dossier.runId}`}>Everything about this run</a>: its story, data and training.
            </p>
          </div>
          <DecidePanel {...props} />
        </div>
      </main>
    </>
  );
};

const SaidSection: FC<PropsWithChildren<{ id: string; title: string; lines: readonly Said[] }>> = (props) => (
  <Section id={props.id} title={props.title}>
    <ol class="said-list">
      {props.lines.map(({ mark, about, says }) => (
        <li>
          <span class={`st ${mark.tone}`}>
            <I name={mark.icon} />
          </span>
          <b>{about}</b>
          <p>{unbroken(says)}</p>
        </li>
      ))}
    </ol>
    {props.children}
  </Section>
);

/** Room for a difference beside the decision on a small laptop. */
const MIDDLE = 150;

const Places: FC<{ dossier: Dossier }> = ({ dossier: { places, margin, champion, challenger } }) => {
  const scale = forestScale(
    places.map(({ interval }) => interval),
    margin,
  );
  const hasBound = places.some(({ slice, isReported }) => slice !== null && !isReported);
  const hasThin = places.some(({ isReported }) => isReported);
  return (
    <Section
      id="places"
      title="Better, and by how much"
      say={`Dots right of zero favour ${challenger}. The bar is where the truth may lie${hasBound ? `; the tick at ${rate(-margin, 2)} is as far as a slice may fall` : ''}.${hasThin ? ' A hollow dot is reported only.' : ''}`}
    >
      <Table
        class="tbl cards dense"
        heads={['Where', { num: champion }, { num: challenger }, 'Difference', 'Verdict']}
      >
        {places.map((place) => (
          <PlaceRow
            place={place}
            scale={scale}
            margin={margin}
            champion={champion ?? ''}
            challenger={challenger ?? ''}
          />
        ))}
        <tr class="cut">
          <td class="hide-s" colspan={3} />
          <td class="full">
            <ForestAxis
              scale={scale}
              middle={MIDDLE}
              say={(tick) => (Math.abs(tick) < 1e-9 ? '0' : sayTick(tick))}
            />
          </td>
          <td class="hide-s" />
        </tr>
      </Table>
    </Section>
  );
};

const sayTick = (tick: number): string => `${tick < 0 ? '' : '+'}${rate(tick, 2)}`;

const PlaceRow: FC<{
  place: Place;
  scale: ReturnType<typeof forestScale>;
  margin: number;
  champion: string;
  challenger: string;
}> = ({ place, scale, margin, champion, challenger }) => {
  const { difference, interval, rows, isReported } = place;
  const said = `difference ${signed(difference)}, from ${signed(interval.low)} to ${signed(interval.high)}`;
  return (
    <tr>
      <th scope="row" class="name">
        {placeName(place)}
        <small>{counted(rows, 'case')}</small>
      </th>
      <td class="num" data-l={champion}>
        {place.champion === null ? '' : rate(place.champion)}
      </td>
      <td class="num" data-l={challenger}>
        <b>{place.challenger === null ? '' : rate(place.challenger)}</b>
      </td>
      <td class="full" title={said}>
        <ForestRow
          difference={difference}
          interval={interval}
          bound={isReported ? null : place.slice === null ? 0 : -margin}
          rows={rows}
          isReported={isReported}
          scale={scale}
          middle={MIDDLE}
          label={said}
        />
      </td>
      <td class="verdict">
        <State mark={placeMark(place)} />
      </td>
    </tr>
  );
};

const Metrics: FC<{ rows: readonly MetricRow[]; dossier: Dossier }> = ({ rows, dossier }) => (
  <details class="as-table" id="metrics">
    <summary>Every metric, with its interval</summary>
    <Table class="tbl" heads={['Metric', dossier.champion, dossier.challenger, 'Difference']}>
      {rows.map(({ name, champion, challenger, difference }) => (
        <tr>
          <th scope="row">{capital(name.replaceAll(/([A-Z])/g, ' $1').toLowerCase())}</th>
          <td>{estimate(champion, rate)}</td>
          <td>{estimate(challenger, rate)}</td>
          <td>{estimate(difference, signed)}</td>
        </tr>
      ))}
    </Table>
  </details>
);

const estimate = (
  { estimate: value, low, high }: MetricRow['champion'],
  say: (value: number) => string,
): string => `${say(value)} [${say(low)}, ${say(high)}]`;
