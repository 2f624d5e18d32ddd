import type { Check } from '../../training/gate/check.ts';
import type { Dossier, Place } from '../dossier/dossier.ts';
import { checkName, placeMark, placeName, sayNoProof, signed } from '../dossier/say-dossier.ts';
import { sayMetric } from '../metric-words.ts';
import type { Mark } from '../run-state.ts';
import { count, counted, number, percent, rate } from '../wording.ts';

/** One line of the gate's table: what was looked at, both versions, the value with its interval, bound and verdict. */
export type GateRow = Readonly<{
  name: string;
  note: string;
  champion: string;
  challenger: string;
  drawn:
    | { kind: 'difference'; place: Place; bound: number | null }
    | { kind: 'bound'; value: number; low: number; high: number; bound: number; side: 'least' | 'most' }
    | null;
  value: string;
  interval: string;
  bound: string;
  mark: Mark;
  /** The whole of it in a sentence, where the gate has one. */
  says: string | null;
}>;

export type GateGroup = Readonly<{ question: string; about: string; rows: readonly GateRow[] }>;

/** The gate as three questions: is it better, does it harm anyone, does it stay within bounds. */
export function gateGroups(dossier: Dossier): GateGroup[] {
  const { places, decidedOn, margin } = dossier;
  const all = places.filter(({ slice }) => slice === null);
  const slices = places.filter(({ slice }) => slice !== null);
  const groups: GateGroup[] = [
    {
      question: 'Is it better?',
      about: `accuracy on ${counted(decidedOn?.rows ?? 0, 'row')} neither version has seen.${sayNoProof(dossier)}`,
      rows: all.map((place) => placeRow(place, 0)),
    },
    {
      question: 'Does it harm anyone?',
      about: `the same, slice by slice; none may fall by more than ${rate(margin)}`,
      rows: slices.map((place) => placeRow(place, place.isReported ? null : -margin)),
    },
    {
      question: 'Does it stay within bounds?',
      about: 'hatched is beyond the bound',
      rows: dossier.checks.map((check) => checkRow(check, dossier)),
    },
  ];
  return groups.filter(({ rows }) => rows.length > 0);
}

function placeRow(place: Place, bound: number | null): GateRow {
  const { rows, champion, challenger, difference, interval } = place;
  return {
    name: placeName(place),
    note: counted(rows, 'row'),
    champion: champion === null ? '' : rate(champion),
    challenger: challenger === null ? '' : rate(challenger),
    drawn: { kind: 'difference', place, bound },
    value: signed(difference),
    interval: `[${signed(interval.low)}, ${signed(interval.high)}]`,
    bound: bound === null ? 'reported only' : bound === 0 ? 'above 0' : `no harm beyond ${rate(bound)}`,
    mark: placeMark(place),
    says: null,
  };
}

const results: Readonly<Record<Check['result'], Mark>> = {
  pass: { icon: 'ok', tone: 'ok', word: 'Within' },
  fail: { icon: 'bad', tone: 'bad', word: 'Broken' },
  hold: { icon: 'held', tone: 'warn', word: 'Not settled' },
  reported: { icon: 'unknown', tone: 'unknown', word: 'Reported' },
};

function checkRow(check: Check, { metrics }: Dossier): GateRow {
  const { name, value, interval, bound, result, rows, sentence } = check;
  const write = writerOf(name);
  const side = check.side ?? (name.startsWith('artifact') ? 'most' : 'least');
  const isChange = name.includes('.change');
  const metric = isChange ? undefined : metrics.find((one) => one.name === name.split('.')[0]);
  return {
    name: checkName(name),
    note: [isChange ? 'change from the champion' : '', rows > 0 ? counted(rows, 'row') : '']
      .filter((text) => text !== '')
      .join(', '),
    champion: metric === undefined ? '' : sayMetric(metric.name, metric.champion.estimate),
    challenger: metric === undefined ? '' : sayMetric(metric.name, metric.challenger.estimate),
    drawn:
      value === null || bound === null || (interval === null && !name.startsWith('artifact'))
        ? null
        : { kind: 'bound', value, low: interval?.low ?? value, high: interval?.high ?? value, bound, side },
    value: value === null ? '' : write(value),
    interval: interval === null ? '' : `[${write(interval.low)}, ${write(interval.high)}]`,
    bound: result === 'reported' ? 'not blocking' : bound === null ? '' : `at ${side} ${write(bound)}`,
    mark: results[result],
    says: sentence,
  };
}

/** How the value of a check is written, by what it measures. */
function writerOf(name: string): (value: number) => string {
  if (name === 'flips') return percent;
  if (name === 'artifact.latency' || /p99|Ms/.test(name)) return (ms) => `${Number(ms.toPrecision(3))} ms`;
  if (/^(mae|rmse)/.test(name)) return number;
  if (name.startsWith('artifact')) return (megabytes) => `${Number(megabytes.toPrecision(3))} MB`;
  return (value) => (Math.abs(value) > 1 && Number.isInteger(value) ? count(value) : rate(value));
}
