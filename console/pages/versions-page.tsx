import type { FC } from 'hono/jsx';
import { LineageChart } from '../charts/lineage-chart.tsx';
import { mayDo } from '../../domain/person.ts';
import type { WayBackView } from '../versions/way-back.ts';
import { sayWayBack } from '../versions/way-back.ts';
import type { ComparedFlip, VersionComparison } from '../versions/compare-versions.ts';
import { drawn } from '../versions/lineage.ts';
import type { LineageRow } from '../versions/lineage.ts';
import {
  comparisonLede,
  sayComparedMetric,
  sayDifference,
  sayEstimate,
  sayFlip,
  sayMaking,
} from '../versions/say-comparison.ts';
import type { Clock } from '../times.ts';
import { capital, count, counted, rate, sentence } from '../wording.ts';
import { I, State } from './icons.tsx';
import { Bar } from './layout.tsx';
import type { Reader } from './layout.tsx';
import { Act, Note, Refused, Section, Table, Time, Words } from './parts.tsx';

export type VersionsPageProps = {
  model: string;
  rows: readonly LineageRow[];
  /** The two that are held against each other; null where there are not two, or they are not known. */
  comparison: VersionComparison | null;
  wayBack: WayBackView;
  clock: Clock;
  reader: Reader;
  problem: { code: string; message: string; fix: string } | null;
};

/** Where does each version come from, and which could answer? */
export const VersionsPage: FC<VersionsPageProps> = (props) => {
  const { model, rows, comparison, clock, reader, problem } = props;
  const champion = rows.find(({ version }) => version.role === 'champion')?.version.version;
  return (
    <>
      <Bar
        crumbs={[
          { text: 'Fleet', href: '/' },
          { text: model, href: `/models/${model}` },
          { text: 'Versions' },
        ]}
        clock={clock}
      />
      <main class="page" id="main">
        <Refused problem={problem} />
        <div class="head" id="head" data-live>
          <div>
            <h1>
              <span class="muted">Versions</span> <code>{model}</code>
            </h1>
            <p class="lede">{sayVersions(rows, champion)}</p>
            <p class="why">
              Each line below is a version on its way from data to traffic; it ends where the version went no
              further.
            </p>
          </div>
        </div>
        <Lineage rows={rows} />
        {comparison === null ? null : <Compare comparison={comparison} rows={rows} />}
        <RollBack {...props} champion={champion} reader={reader} />
        <Every rows={rows} model={model} clock={clock} />
      </main>
    </>
  );
};

function sayVersions(rows: readonly LineageRow[], champion: string | undefined): string {
  if (rows.length === 0) return 'No version yet.';
  const trial = rows.find(({ steps }) =>
    steps.some(({ at, mark }) => at === 'Rollout' && mark.icon === 'running'),
  );
  const served = rows.filter(({ version }) => version.promotedAt !== null).length;
  const now = champion === undefined ? 'Nobody answers' : `${champion} answers`;
  const tried = trial === undefined ? '' : `, ${trial.version.version} is on trial`;
  return `${now}${tried}; ${count(served)} of ${counted(rows.length, 'version')} ${served === 1 ? 'has' : 'have'} answered production.`;
}

const Lineage: FC<{ rows: readonly LineageRow[] }> = ({ rows }) => {
  const shown = drawn(rows);
  const label = shown
    .map(
      ({ version, steps }) =>
        `${version.version}${version.parent === null ? '' : ` after ${version.parent}`}: ${steps.at(-1)!.at}, ${steps.at(-1)!.says}`,
    )
    .join('. ');
  return (
    <Section
      id="lineage"
      title="From data to traffic"
      {...(rows.length > shown.length
        ? { say: `The newest ${count(shown.length)} of ${count(rows.length)}; all are in the table below.` }
        : {})}
    >
      {shown.length === 0 ? (
        <Note icon="versions" answer="No version yet.">
          <code>driftloop model bootstrap MODEL --data FILE --label COLUMN</code> trains the first;{' '}
          <code>driftloop version import</code> brings one that you have.
        </Note>
      ) : (
        <figure>
          {(['wide', 'middle', 'narrow'] as const).map((layout) => (
            <div class={`at-${layout}`}>
              <LineageChart rows={shown} layout={layout} label={label} />
            </div>
          ))}
        </figure>
      )}
    </Section>
  );
};

const Compare: FC<{ comparison: VersionComparison; rows: readonly LineageRow[] }> = ({
  comparison,
  rows,
}) => {
  const { a, b, direct, config } = comparison;
  const { answer, why } = comparisonLede(comparison);
  const [first, second] = [a.version.version, b.version.version];
  return (
    <Section id="compare" title={`Compare ${first} and ${second}`} say={<b>{answer}</b>} live={false}>
      <form method="get" class="compare-form">
        {(['a', 'b'] as const).map((side) => (
          <label>
            {side === 'a' ? 'From' : 'to'}{' '}
            <select name={side}>
              {rows.map(({ version: { version } }) => (
                <option
                  value={version}
                  {...(version === (side === 'a' ? first : second) ? { selected: true } : {})}
                >
                  {version}
                </option>
              ))}
            </select>
          </label>
        ))}
        <button class="btn">Compare</button>
      </form>
      <p class="say">{why}</p>
      <dl class="made">
        {[a, b].map((one) => (
          <>
            <dt>{one.version.version}</dt>
            <dd>
              {sayMaking(one)}
              {one.accuracy === null
                ? ''
                : ` On its own test ${sayEstimate(one.accuracy)}, ${counted(one.testRows ?? 0, 'row')}.`}
            </dd>
          </>
        ))}
      </dl>
      {direct === null || direct.metrics.length === 0 ? null : (
        <Table
          class="tbl cards"
          heads={[
            `On ${counted(direct.rows, 'row')} that both answered`,
            { num: first },
            { num: second },
            { num: 'Difference' },
          ]}
        >
          {direct.metrics.map(sayComparedMetric).map(([name, ofA, ofB, difference]) => (
            <tr>
              <th scope="row">{name}</th>
              <td class="num" data-l={first}>
                {ofA}
              </td>
              <td class="num" data-l={second}>
                {ofB}
              </td>
              <td class="num" data-l="difference">
                {difference}
              </td>
            </tr>
          ))}
        </Table>
      )}
      <div class="halves">
        <div>
          <h3>What their configs say otherwise</h3>
          {config === null || config.length === 0 ? (
            <p class="say">
              {config === null ? 'One of them was not made by a run.' : 'Nothing: they say the same.'}
            </p>
          ) : (
            <ul class="plain-list">
              {config.map((one) => (
                <li>
                  <code>{sayDifference(one)}</code>
                </li>
              ))}
            </ul>
          )}
        </div>
        <div>
          <h3>Answers that differ</h3>
          {direct?.flips == null || direct.flips.examples.length === 0 ? (
            <p class="say">No example is kept.</p>
          ) : (
            <ul class="plain-list">
              {direct.flips.examples.map((flip) => (
                <li>
                  <State
                    mark={
                      flip.isRightIn === 'b'
                        ? { icon: 'ok', tone: 'ok', word: `${second} right` }
                        : { icon: 'rejected', tone: 'bad', word: `${first} right` }
                    }
                  />{' '}
                  {sayExample(flip, comparison)}
                </li>
              ))}
            </ul>
          )}
        </div>
      </div>
    </Section>
  );
};

function sayExample(flip: ComparedFlip, comparison: VersionComparison): string {
  const { label, a, b } = sayFlip(flip, comparison);
  return `It was ${label}: ${comparison.a.version.version} said ${a}, ${comparison.b.version.version} said ${b}.`;
}

/** The way back: first tried, then gone. Each asks for its own right, and nothing moves on a GET. */
const RollBack: FC<VersionsPageProps & { champion: string | undefined }> = (props) => {
  const { model, rows, wayBack, reader, clock, champion } = props;
  const earlier = rows.filter(
    ({ version: { promotedAt, version } }) => promotedAt !== null && version !== champion,
  );
  const may = mayDo(reader.person, 'rollback', model);
  return (
    <Section id="rollback" title="Roll back" say={<Words text={sayWayBack(wayBack, model, clock)} />}>
      {earlier.length === 0 ? (
        <Note icon="back" answer="There is nothing to go back to.">
          A version has to have answered production before it can be gone back to.
        </Note>
      ) : !may || !wayBack.isHere ? (
        <p class="say">
          <code>driftloop rollback drill {model}</code> tries the way back, and{' '}
          <code>driftloop version rollback {model}</code> goes it.
          {may ? '' : ' You may do neither for this model.'}
        </p>
      ) : (
        <div class="way-back">
          {earlier.slice(0, 6).map(({ version: { version, promotedAt } }) => (
            <div>
              <b>{version}</b>{' '}
              <span class="muted small">
                took over <Time at={promotedAt!} clock={clock} />
              </span>
              <Act action={`/models/${model}/versions/${version}/drill`} csrf={reader.csrf}>
                <button class="btn">Try the way back</button>
              </Act>
              <details class="say-word" id={`back-${version}`}>
                <summary class="btn bad">
                  <I name="back" /> {`Back to ${version}`}
                </summary>
                <Act
                  action={`/models/${model}/versions/${version}/rollback`}
                  csrf={reader.csrf}
                  class="panel decide"
                >
                  <p class="small">
                    {`${version} is loaded and has to answer as it did when it served; then it answers everything.`}
                  </p>
                  <label for={`why-back-${version}`}>Why</label>
                  <textarea id={`why-back-${version}`} name="reason" rows={2} maxlength={500} required />
                  <button class="btn bad">{`Back to ${version}`}</button>
                </Act>
              </details>
            </div>
          ))}
        </div>
      )}
    </Section>
  );
};

const Every: FC<{ rows: readonly LineageRow[]; model: string; clock: Clock }> = ({ rows, model, clock }) => (
  <Section id="versions" title="Every version">
    {rows.length === 0 ? (
      <p class="say">None.</p>
    ) : (
      <Table class="tbl cards" heads={['Version', 'Came to', { num: 'On its test' }, 'Made', 'Why']}>
        {rows.map(({ version: v, run, steps }) => (
          <tr>
            <th scope="row">
              {v.parent === null ? (
                v.version
              ) : (
                <a href={`/models/${model}/versions?a=${v.parent}&b=${v.version}#compare`} data-row>
                  {v.version}
                </a>
              )}
              {v.parent === null ? null : <small>{`against ${v.parent}`}</small>}
            </th>
            <td>
              <State mark={{ ...steps.at(-1)!.mark, word: `${steps.at(-1)!.at}: ${steps.at(-1)!.says}` }} />
            </td>
            <td class="num" data-l="on its test">
              {v.accuracyOnTest === null ? '–' : rate(v.accuracyOnTest)}
            </td>
            <td class="nowrap" data-l="made">
              <Time at={v.createdAt} clock={clock} />
            </td>
            <td class="full">
              {run === null ? 'Imported or bootstrapped.' : sentence(capital(run.trigger.reason))}
            </td>
          </tr>
        ))}
      </Table>
    )}
  </Section>
);
