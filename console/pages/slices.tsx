import type { FC } from 'hono/jsx';
import type { ModelConfig } from '../../domain/model-config.ts';
import { IntervalBar } from '../charts/interval-bar.tsx';
import { Sparkline, sharedBounds } from '../charts/small-charts.tsx';
import type { History, ModelView } from '../model-view.ts';
import { saySlices, standSlices, valueWords } from '../slice-sentences.ts';
import type { SliceStanding } from '../slice-sentences.ts';
import { count, percent, rate, windowWords } from '../wording.ts';
import { Note, Section, Table, Words } from './parts.tsx';
import type { Range } from './ranges.ts';

/** So many values are shown, the worst first. */
const SHOWN = 24;

type Declared = Pick<ModelConfig, 'watch' | 'input'> & { gate: Pick<ModelConfig['gate'], 'slices'> };
type SlicesProps = { view: ModelView; declared: Declared; history: History | null; range: Range };

/** How good the champion is in each part that the config declares, as known in the window, and how that went. */
export const Slices: FC<SlicesProps> = ({ view: { live, name }, declared, history, range }) => {
  const { slices: features } = declared.gate;
  if (live.state === 'silent' || features.length === 0) return <div id="slices" data-live />;
  const of = features.map((feature) => `\`${feature}\``).join(', ');
  if (live.slices.length === 0)
    return (
      <Section id="slices" title="Slices">
        <Note icon="unknown" answer="Nothing by slice yet.">
          <Words text={`Predictions and labels are told apart by ${of} as soon as some have come in.`} />
        </Note>
      </Section>
    );
  const standings = standSlices(live.slices, live.accuracy);
  const shown = standings.toSorted(worstFirst).slice(0, SHOWN);
  const lines = new Map(
    (history?.slices ?? []).map(({ slice, value, points }) => [`${slice} ${value}`, points]),
  );
  const drawn = shown.map(({ slice, value }) => lines.get(`${slice} ${value}`) ?? []);
  const span: [number, number] = history === null ? [0, 1] : [history.from, history.to];
  const bounds = sharedBounds(drawn.flatMap((points) => points.map(([, rightly]) => rightly)));
  return (
    <Section
      id="slices"
      title="Slices"
      say={
        <Words
          text={`${saySlices(standings, live.accuracy)} Labels that became known in the last ${windowWords(live.windowMs)}; the line in each bar is the whole.`}
        />
      }
    >
      <Table
        class="tbl cards"
        heads={[
          'Where',
          { num: 'Accuracy' },
          'Beside the whole, at 95 %',
          { num: 'Labels' },
          { num: 'Coverage' },
          `Last ${range.words}`,
        ]}
      >
        {shown.map((one, i) => (
          <SliceRow
            one={one}
            name={name}
            whole={live.accuracy}
            bars={barBounds(standings, live.accuracy)}
            atLeast={boundOf(declared, one.slice)}
            isBinned={declared.input[one.slice]?.kind === 'number'}
            last={range.words}
            spark={{ points: drawn[i]!, range: span, bounds }}
          />
        ))}
      </Table>
      {standings.length > SHOWN ? (
        <p class="muted">{count(standings.length - SHOWN)} more are better.</p>
      ) : null}
    </Section>
  );
};

type Spark = {
  points: readonly [number, number][];
  range: readonly [number, number];
  bounds: readonly [number, number];
};
type RowProps = {
  one: SliceStanding;
  name: string;
  whole: number | null;
  bars: readonly [number, number];
  atLeast: number | null;
  isBinned: boolean;
  last: string;
  spark: Spark;
};

const SliceRow: FC<RowProps> = ({ one, name, whole, bars, atLeast, isBinned, last, spark }) => {
  const { slice, value, estimate, labelled, predictions, isShownWorse } = one;
  const words = isBinned && /^\d+$/.test(value) ? `bin ${Number(value) + 1}` : valueWords(value);
  const where = `${name} where ${slice} is ${words}`;
  return (
    <tr>
      <th scope="row">
        <code>{slice}</code> {words}
        {isShownWorse ? <small>shown to be worse</small> : null}
      </th>
      <td class="num" data-l="accuracy">
        {estimate === null ? (
          '–'
        ) : (
          <>
            {rate(estimate.estimate)}
            <small>
              [{rate(estimate.low)}, {rate(estimate.high)}]
            </small>
          </>
        )}
      </td>
      <td class="full">
        {estimate === null ? (
          <span class="muted">no labels</span>
        ) : (
          <IntervalBar
            of={estimate}
            whole={whole}
            bounds={bars}
            label={`${where}: ${rate(estimate.low)} to ${rate(estimate.high)}`}
          />
        )}
      </td>
      <td class="num" data-l="labels">
        {count(labelled)}
      </td>
      <td class="num" data-l="coverage">
        {predictions > 0 ? percent(Math.min(1, labelled / predictions)) : '–'}
      </td>
      <td data-l={`last ${last}`}>
        {spark.points.length < 2 ? (
          <span class="muted">–</span>
        ) : (
          <Sparkline
            points={spark.points}
            objective={atLeast}
            range={spark.range}
            bounds={spark.bounds}
            label={`Accuracy of ${where}, now ${rate(spark.points.at(-1)![1])}`}
          />
        )}
      </td>
    </tr>
  );
};

/** Those without labels last. */
const worstFirst = (a: SliceStanding, b: SliceStanding): number => (a.accuracy ?? 2) - (b.accuracy ?? 2);

/** Room for every interval and for the whole. */
function barBounds(standings: readonly SliceStanding[], whole: number | null): [number, number] {
  const ends = standings.flatMap(({ estimate }) => (estimate === null ? [] : [estimate.low, estimate.high]));
  const all = whole === null ? ends : [...ends, whole];
  return all.length === 0 ? [0, 1] : [Math.min(...all), Math.max(...all)];
}

/** What each value of the slice is held to. */
function boundOf({ watch }: Pick<ModelConfig, 'watch'>, slice: string): number | null {
  for (const one of watch)
    if (one.kind === 'slice' && one.of === slice && one.metric === 'accuracy') return one.atLeast;
  return null;
}
