import type { FC } from 'hono/jsx';
import type { AuditFilter, AuditRow } from '../../domain/audit.ts';
import { actions, actionWords, iconOf, sayChain, sayDone, sayPage } from '../audit-sentences.ts';
import type { AuditCheck } from '../check-audit.ts';
import type { Clock } from '../times.ts';
import { I } from './icons.tsx';
import { Bar } from './layout.tsx';
import { Note, Section, Table, Time } from './parts.tsx';

export type AuditProps = {
  /** Newest first. */
  rows: readonly AuditRow[];
  check: AuditCheck;
  filter: AuditFilter;
  /** Names that a filter offers. */
  models: readonly string[];
  people: readonly string[];
  /** The page before this one in time; null where there is none. */
  older: string | null;
  isFirst: boolean;
  exportAt: string;
  clock: Clock;
};

/** Who did what when, and whether the log is as it was written. */
export const AuditPage: FC<AuditProps> = (props) => {
  const { rows, check, filter, models, people, older, isFirst, exportAt, clock } = props;
  const { lede, why, isBroken } = sayChain(check, clock);
  return (
    <>
      <Bar crumbs={[{ text: 'Audit' }]} clock={clock} />
      <main class="page" id="main">
        <div class="head" id="head" data-live>
          <div>
            <h1>Audit</h1>
            <p class="lede">
              {check === null ? null : (
                <span class={`st ${isBroken ? 'bad' : 'ok'}`}>
                  <I name={isBroken ? 'bad' : 'ok'} />
                </span>
              )}{' '}
              {lede}
            </p>
            <p class="why">{why}</p>
          </div>
          <div class="acts">
            <a class="btn" href={exportAt} download>
              Export as JSON lines
            </a>
          </div>
        </div>
        <form method="get" action="/audit" class="filter" role="search">
          <Choose name="model" title="Model" value={filter.model} options={models} all="every model" />
          <label>
            Person
            <input type="search" name="by" list="people" value={filter.by ?? ''} placeholder="everybody" />
            <datalist id="people">
              {people.map((name) => (
                <option value={name} />
              ))}
            </datalist>
          </label>
          <Choose
            name="action"
            title="What"
            value={filter.action}
            options={actions}
            all="everything"
            words={actionWords}
          />
          <Choose
            name="refused"
            title="Done or refused"
            value={filter.refused === undefined ? undefined : String(filter.refused)}
            options={['false', 'true']}
            all="both"
            words={{ false: 'done', true: 'refused' }}
          />
          <button class="btn">Find</button>
        </form>
        <Section id="rows" title="Entries" say={sayPage(rows)} live={isFirst}>
          {rows.length === 0 ? (
            <Note icon="unknown" answer="Nothing here.">
              Leave out a filter, or <a href="/audit">begin again</a>.
            </Note>
          ) : (
            <Table class="tbl record" heads={['When', 'Who', 'What', 'To what', 'Why', { num: 'Row' }]}>
              {rows.map((row) => (
                <Entry row={row} clock={clock} />
              ))}
            </Table>
          )}
          {older === null && isFirst ? null : (
            <nav class="pages" aria-label="Pages">
              {isFirst ? null : (
                <a class="btn" href={newest(filter)}>
                  Newest
                </a>
              )}
              {older === null ? null : (
                <a class="btn" href={older} rel="next">
                  Older
                </a>
              )}
            </nav>
          )}
        </Section>
      </main>
    </>
  );
};

const newest = (filter: AuditFilter) => `/audit?${searchOf(filter)}`;

/** A filter as an address has it. */
export const searchOf = (filter: AuditFilter, more: Record<string, string> = {}): string =>
  new URLSearchParams({
    ...Object.fromEntries(Object.entries(filter).map(([name, value]) => [name, String(value)])),
    ...more,
  }).toString();

const Entry: FC<{ row: AuditRow; clock: Clock }> = ({ row, clock }) => (
  <tr id={`row-${row.id}`}>
    <td data-name="When">
      <Time at={row.at} clock={clock} />
    </td>
    <td data-name="Who">
      <b>{row.by}</b>
      {row.via === null ? null : <small class="muted">{` by ${ways[row.via]}`}</small>}
    </td>
    <td data-name="What">
      <span class={`st ${row.refused === null ? 'plain' : 'warn'}`}>
        <I name={iconOf(row)} />
        <span>{sayDone(row)}</span>
      </span>
    </td>
    <td data-name="To what">
      {row.model === null ? null : <a href={`/models/${encodeURIComponent(row.model)}`}>{row.model}</a>}{' '}
      {row.subject === null ? null : <code title={row.subject}>{short(row.subject)}</code>}
    </td>
    <td data-name="Why">
      {row.because} {row.refused === null ? null : <code>{row.refused}</code>}
    </td>
    <td class="num muted" data-name="Row" title={row.hash}>
      {row.id}
    </td>
  </tr>
);

const ways = { token: 'token', oidc: 'the team’s login', local: 'this machine' } as const;
const short = (text: string) => (text.length > 26 ? `${text.slice(0, 12)}…${text.slice(-6)}` : text);

const Choose: FC<{
  name: string;
  title: string;
  value: string | undefined;
  options: readonly string[];
  all: string;
  words?: Readonly<Record<string, string>>;
}> = ({ name, title, value, options, all, words = {} }) => (
  <label>
    {title}
    <select name={name}>
      <option value="">{all}</option>
      {options.map((option) => (
        <option value={option} selected={option === value}>
          {words[option] ?? option}
        </option>
      ))}
    </select>
  </label>
);
