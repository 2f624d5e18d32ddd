import type { FC } from 'hono/jsx';
import { BoundRow } from '../charts/bound-row.tsx';
import { ForestAxis, ForestRow, forestScale } from '../charts/forest.tsx';
import type { ForestScale } from '../charts/forest.tsx';
import { Entry } from '../charts/legend.tsx';
import type { Dossier } from '../dossier/dossier.ts';
import { gateGroups } from '../run/gate-rows.ts';
import type { GateGroup, GateRow } from '../run/gate-rows.ts';
import type { LastLook } from '../run/run-record.ts';
import { count, counted, rate, sentence } from '../wording.ts';
import { State } from './icons.tsx';
import { Section } from './parts.tsx';

/** The gate on one scale: what was asked, what is the case and how sure that is, and what follows. */
export const RunGate: FC<{ dossier: Dossier; look: LastLook | null }> = ({ dossier, look }) => {
  const { verdict, places, margin, champion, challenger } = dossier;
  const groups = gateGroups(dossier);
  if (look === null || groups.length === 0) return <div id="gate" data-live />;
  const scale = forestScale(
    places.map(({ interval }) => interval),
    margin,
  );
  return (
    <Section
      id="gate"
      title={`Gate: ${verdict?.kind ?? 'looks'}`}
      say={[verdict === null ? '' : sentence(verdict.sentence), sayEvidence(look)].join(' ')}
    >
      <Legend />
      <table class="tbl cards dense gate">
        <thead>
          <tr>
            <th scope="col">Check</th>
            <th scope="col" class="num">
              {champion}
            </th>
            <th scope="col" class="num">
              {challenger}
            </th>
            <th scope="col">{`Difference, ${challenger} minus ${champion}`}</th>
            <th scope="col" class="num">
              Value and interval
            </th>
            <th scope="col">Bound</th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        {groups.map((group) => (
          <Group
            group={group}
            scale={scale}
            versions={{ champion, challenger }}
            hasAxis={group === groups.findLast(({ rows }) => rows[0]?.drawn?.kind === 'difference')}
          />
        ))}
      </table>
    </Section>
  );
};

/** Room for a difference on a small laptop. */
const MIDDLE = 196;

const sayEvidence = ({ look, rows, eValue }: LastLook): string => {
  const looked = `Look ${count(look)}, on ${counted(rows, 'row')}.`;
  return eValue === null || !Number.isFinite(eValue)
    ? looked
    : `The evidence that it is better is ${sayOdds(eValue)} to 1. ${looked} This test may be looked at as often as one likes.`;
};

/** `3.9 × 10²⁰`, where it is no longer a number that people read. */
function sayOdds(eValue: number): string {
  if (eValue < 10) return eValue.toFixed(1);
  if (eValue < 1e6) return count(eValue);
  const [digits, power] = eValue.toExponential(1).split('e+');
  return `${digits} × 10${Array.from(power!, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('')}`;
}

type Versions = Pick<Dossier, 'champion' | 'challenger'>;

type GroupProps = { group: GateGroup; scale: ForestScale; versions: Versions; hasAxis: boolean };

/** The last group of differences carries the axis that all of them share. */
const Group: FC<GroupProps> = ({ group, scale, versions, hasAxis }) => (
  <tbody>
    <tr class="grp">
      <th colspan={7} scope="rowgroup">
        {group.question} <small>{group.about}</small>
      </th>
    </tr>
    {group.rows.map((row) => (
      <Row row={row} scale={scale} versions={versions} />
    ))}
    {hasAxis ? (
      <tr class="cut">
        <td class="hide-s" colspan={3} />
        <td class="full">
          <ForestAxis
            scale={scale}
            middle={MIDDLE}
            say={(tick) => (Math.abs(tick) < 1e-9 ? '0' : `${tick < 0 ? '' : '+'}${rate(tick, 2)}`)}
          />
        </td>
        <td class="hide-s" colspan={3} />
      </tr>
    ) : null}
  </tbody>
);

const Row: FC<{ row: GateRow; scale: ForestScale; versions: Versions }> = ({ row, scale, versions }) => {
  const { name, note, drawn, value, interval, bound, mark, says } = row;
  const label = `${name}: ${value} ${interval}, ${bound}`;
  return (
    <tr {...(says === null ? {} : { title: says })}>
      <th scope="row" class="name">
        {name}
        {note === '' ? null : <small>{note}</small>}
      </th>
      <td class="num" data-l={versions.champion ?? ''}>
        {row.champion}
      </td>
      <td class="num" data-l={versions.challenger ?? ''}>
        <b>{row.challenger}</b>
      </td>
      <td class="full">
        {drawn === null ? (
          <span class="muted">{says}</span>
        ) : drawn.kind === 'difference' ? (
          <ForestRow
            difference={drawn.place.difference}
            interval={drawn.place.interval}
            bound={drawn.bound}
            rows={drawn.place.rows}
            isReported={drawn.place.isReported}
            scale={scale}
            middle={MIDDLE}
            label={label}
          />
        ) : (
          <BoundRow {...drawn} middle={MIDDLE} label={label} />
        )}
      </td>
      <td class="num" data-l="value and interval">
        {value} <span class="nowrap muted">{interval}</span>
      </td>
      <td data-l="bound">{bound}</td>
      <td class="verdict">
        <State mark={mark} />
      </td>
    </tr>
  );
};

const Legend: FC = () => (
  <p class="legend">
    <Entry
      mark={
        <>
          <path class="s-ink" d="M2 6H24" stroke-width="1.5" />
          <circle class="f-challenger" cx="13" cy="6" r="3.5" />
        </>
      }
    >
      estimate with its interval; a larger dot is more rows
    </Entry>
    <Entry
      mark={
        <>
          <path class="s-ink2" d="M2 6H24" stroke-width="1.5" />
          <circle class="hollow s-ink2" cx="13" cy="6" r="3.2" />
        </>
      }
    >
      reported only, too few rows to decide
    </Entry>
    <Entry mark={<path class="s-ink" d="M13 0V12" />}>bound</Entry>
  </p>
);
