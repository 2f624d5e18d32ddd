import { roleOf } from '../../domain/approval.ts';
import type { InputRow } from '../../domain/input.ts';
import { isAboutTrouble } from '../../domain/run.ts';
import { sayKept } from '../../domain/kept.ts';
import type { Check } from '../../training/gate/check.ts';
import { metricName } from '../metric-words.ts';
import type { Mark } from '../run-state.ts';
import { TRAINS, rightTimes, sayRollout } from '../sentences.ts';
import type { Lede } from '../sentences.ts';
import { clockTime } from '../times.ts';
import type { Clock } from '../times.ts';
import { capital, count, counted, lasting, listed, rate, sentence } from '../wording.ts';
import type { Dossier, Place, ShownFlip } from './dossier.ts';

/** A line with an icon, what it is about, and what is said. */
export type Said = Readonly<{ mark: Pick<Mark, 'icon' | 'tone'>; about: string; says: string }>;

/** May I say yes? In cases per hundred. */
export function dossierLede(dossier: Dossier): Lede {
  const { challenger, champion, rollout, places, verdict, task } = dossier;
  if (challenger === null)
    return isOpen(dossier)
      ? { answer: `Train a challenger for ${dossier.model}?`, why: sayWhatFollows(dossier, TRAINS) }
      : { answer: 'No challenger yet.', why: sentence(dossier.outcome?.sentence ?? dossier.trigger.reason) };
  const all = places.find(({ slice }) => slice === null);
  return {
    answer: [
      all === undefined || all.challenger === null
        ? `${challenger} has passed the gate.`
        : `${challenger} is ${rightTimes(all.challenger, task)}${all.champion === null ? '' : `, ${champion} now ${task.tolerance === null ? '' : 'in '}${inHundred(all.champion)}`}.`,
      verdict?.kind === 'promote' && verdict.by === 'forced'
        ? 'The gate did not promote it: it was forced.'
        : '',
      sayGroups(places),
    ]
      .filter((text) => text !== '')
      .join(' '),
    why: sayWhatFollows(dossier, sayRollout(rollout, challenger, champion)),
  };
}

/** Was anybody asked? What a run does by itself is no question. */
export const isOpen = ({ asked, standing }: Dossier): boolean =>
  asked !== null || standing.kind !== 'waiting';

/** What a yes sets in motion, or what the answer was. */
function sayWhatFollows(dossier: Dossier, follows: string): string {
  const { standing, outcome } = dossier;
  if (standing.kind === 'rejected') return `Rejected by ${standing.by}: everything stays as it was.`;
  if (standing.kind === 'approved') return `Approved: ${follows}`;
  if (outcome !== null) return sentence(outcome.sentence);
  return isOpen(dossier) ? `If you approve, ${follows}` : `Nobody is asked now. If it goes on, ${follows}`;
}

const inHundred = (share: number): number => Math.round(share * 100);

function sayGroups(places: readonly Place[]): string {
  const slices = places.filter(({ slice }) => slice !== null);
  if (slices.length === 0) return '';
  const worse = slices.filter(({ verdict }) => verdict === 'worse');
  return worse.length === 0
    ? 'No group of cases got clearly worse.'
    : `Worse where ${listed(worse.map(sayWhere))}.`;
}

/** `day is Monday`. */
const sayWhere = ({ slice }: Place): string =>
  slice === null ? 'all' : `${slice.feature} is ${slice.value}`;

/** The heading of a row: all cases, or a slice. */
export const placeName = (place: Place): string =>
  place.slice === null ? 'All cases' : capital(sayWhere(place));

/** What happened, what was done, how we know, what is thin, what could go wrong. */
export function fiveSentences(dossier: Dossier, clock: Clock): Said[] {
  const { challenger } = dossier;
  const happened: Said = {
    mark: isAboutTrouble(dossier.trigger) ? { icon: 'bad', tone: 'bad' } : { icon: 'runs', tone: 'plain' },
    about: 'What happened',
    says: sayHappened(dossier, clock),
  };
  if (challenger === null) return [happened];
  const thin = sayThin(dossier);
  return [
    happened,
    { mark: { icon: 'runs', tone: 'plain' }, about: 'What was done', says: sayDone(dossier, challenger) },
    sayHowWeKnow(dossier, challenger),
    thin,
    { mark: { icon: 'back', tone: 'plain' }, about: 'What could go wrong', says: sayRisk(dossier) },
  ];
}

function sayHappened({ trigger, triage }: Dossier, clock: Clock): string {
  const when = `${capital(clockTime(trigger.firedAt, clock))}: ${sentence(trigger.reason)}`;
  const inputs = triage?.evidence.filter(({ about }) => about === 'inputs' || about === 'performance') ?? [];
  return [when, ...inputs.map(({ says }) => sentence(says))].join(' ');
}

function sayDone({ trigger, learntFrom, verdict }: Dossier, challenger: string): string {
  if (learntFrom === null)
    return trigger.version === undefined
      ? `Nothing was trained: ${verdict === null ? `${challenger} is there already.` : sentence(verdict.sentence)}`
      : `Nothing was trained: ${challenger} was made elsewhere.`;
  const { train, validation, rehearsal } = learntFrom;
  const before = rehearsal === 0 ? '' : `, and ${count(rehearsal)} from before so that it does not forget`;
  const which = isAboutTrouble(trigger) ? 'cases from after the change' : 'of the newest cases';
  return `${challenger} learnt from ${count(train)} ${which}${before}; ${count(validation)} more said when to stop.`;
}

function sayHowWeKnow(dossier: Dossier, challenger: string): Said {
  const { decidedOn, verdict, champion } = dossier;
  const about = 'How we know';
  if (verdict?.kind === 'promote' && verdict.by === 'forced')
    return { mark: { icon: 'warn', tone: 'warn' }, about, says: `We do not. ${sentence(verdict.sentence)}` };
  if (decidedOn === null)
    return {
      mark: { icon: 'ok', tone: 'ok' },
      about,
      says: sentence(verdict?.sentence ?? 'The gate has no report'),
    };
  const more = decidedOn.wins - decidedOn.losses;
  const won =
    more === 0
      ? `${challenger} was right as often as ${champion}`
      : `${more > 0 ? challenger : champion} was right on ${count(Math.abs(more))} more`;
  const says = `Both versions answered ${counted(decidedOn.rows, 'case')} neither had seen. ${won}.${sayNoProof(dossier)}`;
  return verdict?.kind === 'promote' && verdict.by === 'patience'
    ? {
        mark: { icon: 'unknown', tone: 'unknown' },
        about,
        says: `${says} That is no proof: the side that is ahead when the patience ends takes over.`,
      }
    : { mark: { icon: 'ok', tone: 'ok' }, about, says };
}

/** Not all that were tested decide. */
export function sayNoProof({ testRows, decidedOn, othersAre, champion }: Dossier): string {
  const others = (testRows ?? 0) - (decidedOn?.rows ?? 0);
  if (decidedOn === null || others <= 0) return '';
  const why =
    othersAre === 'caught'
      ? `${champion ?? 'the champion'} was caught on cases like ${others === 1 ? 'it' : 'them'}`
      : `${others === 1 ? 'its entity is' : 'their entities are'} among those already`;
  return ` ${count(others)} more ${others === 1 ? 'was tested and is' : 'were tested and are'} no proof: ${why}.`;
}

function sayThin({ places }: Dossier): Said {
  const about = 'What is thin';
  const mark = { icon: 'unknown', tone: 'unknown' } as const;
  const slices = places.filter(({ slice }) => slice !== null);
  if (slices.length === 0)
    return { mark, about, says: 'No slices are declared, so nothing is known of single groups of cases.' };
  const thin = slices.filter(({ isReported }) => isReported);
  if (thin.length === 0)
    return {
      mark: { icon: 'ok', tone: 'ok' },
      about,
      says: 'Nothing: every slice has cases enough to be judged.',
    };
  const shown = thin
    .slice(0, SLICES_NAMED)
    .map((place) => `${sayWhere(place)} (${counted(place.rows, 'case')})`);
  const rest = thin.length - shown.length;
  const named = rest > 0 ? [...shown, `${rest} more`] : shown;
  return {
    mark,
    about,
    says: `Few cases where ${listed(named)}. It is too early to be sure there, so they are reported and do not decide.`,
  };
}

/** More than these are a list, not a sentence. */
const SLICES_NAMED = 3;

function sayRisk({ flips, kept, places }: Dossier): string {
  const worst = places
    .filter(({ slice, isReported }) => slice !== null && !isReported)
    .toSorted((a, b) => a.interval.low - b.interval.low)[0];
  return [
    flips === null
      ? 'How many answers that were right would be wrong is not known.'
      : flips.broken === 0
        ? 'No answer that was right would be wrong among those tested.'
        : `Of ${counted(flips.of, 'case')} tested, ${count(flips.broken)} that ${flips.broken === 1 ? 'was' : 'were'} right would now be wrong.`,
    worst === undefined || worst.interval.low >= 0
      ? ''
      : `Where ${sayWhere(worst)} it may be up to ${points(-worst.interval.low)} worse.`,
    kept === null ? '' : sayKept(kept),
  ]
    .filter((text) => text !== '')
    .join(' ');
}

/** `1.9 points`. */
const points = (difference: number): string => `${(100 * difference).toFixed(1)} points`;

/** `+.107`, with a true minus sign. */
export const signed = (difference: number): string => `${difference < 0 ? '' : '+'}${rate(difference)}`;

/** What is said of a place: icon, colour and word. */
export function placeMark({ verdict, isReported }: Place): Mark {
  switch (verdict) {
    case 'better':
      return { icon: 'ok', tone: 'ok', word: 'Better' };
    case 'ahead':
      return { icon: 'unknown', tone: 'unknown', word: 'Ahead, no proof' };
    case 'not-worse':
      return { icon: 'ok', tone: 'ok', word: 'Not worse' };
    case 'no-harm':
      return { icon: 'ok', tone: 'ok', word: 'No harm' };
    case 'no-clear-harm':
      return { icon: 'unknown', tone: isReported ? 'plain' : 'unknown', word: 'No clear harm' };
    case 'worse':
      return { icon: 'bad', tone: 'bad', word: 'Worse' };
    case 'unproven':
      return { icon: 'held', tone: 'warn', word: 'Not proven' };
    default:
      return verdict satisfies never;
  }
}

/** Everything else that was looked at, what it kept and what it took. */
export function otherChecks({ checks, servability, kept, cost }: Dossier): Said[] {
  return [
    ...checks.map((check) => ({
      mark: markOf(check),
      about: checkName(check.name),
      says: sentence(check.sentence),
    })),
    ...(servability === null
      ? []
      : [
          {
            mark: { icon: 'ok', tone: 'ok' } as const,
            about: 'Served for real',
            says: sentence(servability),
          },
        ]),
    ...(kept === null
      ? []
      : [{ mark: { icon: 'back', tone: 'plain' } as const, about: 'Forgetting', says: sayKept(kept) }]),
    ...(cost === null
      ? []
      : [{ mark: { icon: 'running', tone: 'plain' } as const, about: 'Cost', says: sayCost(cost) }]),
  ];
}

function markOf({ result }: Check): Said['mark'] {
  switch (result) {
    case 'pass':
      return { icon: 'ok', tone: 'ok' };
    case 'fail':
      return { icon: 'bad', tone: 'bad' };
    case 'hold':
      return { icon: 'held', tone: 'warn' };
    case 'reported':
      return { icon: 'unknown', tone: 'unknown' };
    default:
      return result satisfies never;
  }
}

const checkNames: Readonly<Record<string, string>> = {
  golden: 'Golden cases',
  flips: 'Broken answers',
  ece: 'Sureness',
  artifact: 'Size and speed',
  fairness: 'Fairness',
  test: 'Test set',
  lineage: 'Leaks',
  leakage: 'Leaks',
};

/** By the first word of a check's name; a metric is called as it is. */
export const checkName = (name: string): string => {
  const [kind = name] = name.split(/[.:]/);
  return checkNames[kind] ?? metricName(kind);
};

function sayCost({ seconds, backend, peakMemoryMb }: NonNullable<Dossier['cost']>): string {
  const on = backend === null ? '' : ` on ${backend}`;
  const memory = peakMemoryMb === null ? '' : `, ${count(peakMemoryMb)} MB of memory at most`;
  return `${lasting(seconds * 1_000)} of training${on}${memory}.`;
}

/** `demand .71, price .09`, the first few features of a case. */
export function sayCase({ input, at }: ShownFlip, clock: Clock): string {
  if (input === null) return 'This case has been erased.';
  const features = Object.entries(input).slice(0, FEATURES_SHOWN);
  const said = features.map(([name, value]) => `${name} ${sayValue(value)}`).join(', ');
  return at === null ? said : `${clockTime(at, clock)} · ${said}`;
}

const FEATURES_SHOWN = 4;
const LONGEST_VALUE = 60;

function sayValue(value: InputRow[string]): string {
  if (typeof value === 'number')
    return Number.isInteger(value)
      ? count(value)
      : String(Number(value.toPrecision(3))).replace(/^(-?)0\./, '$1.');
  const text = value ?? 'missing';
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

/** How many it takes, and how many there are. */
export function sayQuorum({ approval, standing }: Pick<Dossier, 'approval' | 'standing'>): string {
  const { quorum } = approval.policy;
  if (standing.kind === 'approved') return `Approved by ${listed(standing.by)}.`;
  if (standing.kind === 'rejected') return `Rejected by ${standing.by}: ${sentence(standing.reason)}`;
  const needed = quorum === 1 ? 'One approval is enough.' : `${quorum} approvals are needed.`;
  return quorum === standing.more ? needed : `${needed} ${standing.more} more to come.`;
}

/** Who has begun it, and whether they may decide. */
export function sayRequester({ requester, policy }: Dossier['approval']): string {
  if (requester === null) return 'The run was started by the model’s own monitor.';
  return `The run was started by ${requester}${policy.requesterMayApprove ? '' : ', who may not decide on it'}.`;
}

/** `everyone with the role approver`, as a heading of a row. */
export const sayWho = (approver: string): string => {
  const role = roleOf(approver);
  return role === null ? approver : `Everyone with the role ${role}`;
};

/** A digest, short enough to be compared by eye. */
export const shortDigest = (digest: string | null): string => {
  if (digest === null) return 'none';
  const hex = digest.replace(/^sha256:/, '');
  return hex.length <= 10 ? hex : `${hex.slice(0, 4)}…${hex.slice(-4)}`;
};
