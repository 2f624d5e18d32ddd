import type { Feature, InputRow } from '../../domain/input.ts';
import { defaultPolicy } from '../../domain/policy/regret-policy.ts';
import type { Diagnosis } from '../../domain/triage.ts';
import { pickEarlierVersion } from '../../monitors/policy/earlier-version.ts';
import { observe, start } from '../../monitors/regret.ts';
import { diagnose } from '../../monitors/triage/diagnose.ts';
import type { Diagnosed, JudgedRow } from '../../monitors/triage/diagnose.ts';
import { findBrokenData } from '../../monitors/triage/input-quality.ts';
import { windowsOf } from '../../monitors/triage/windows.ts';
import type { Window } from '../../monitors/triage/windows.ts';
import { random } from '../../training/random.ts';
import { referenceShares } from '../../training/reference.ts';

/**
 * A small world whose truth is known: yes or no by one number, beside another number and a plan that say nothing. The
 * champion is the best there is for it; then one thing changes, and triage is asked as a run would ask it.
 */
export type Change = {
  /** What triage ought to say. */
  is: Diagnosis;
  /** Share of yes. */
  yes?: number;
  /** What the outside makes of a row, once it has changed. */
  input?: (row: Row, uniform: () => number) => InputRow;
  /** Which answer is right, once it has changed. */
  label?: (row: Row, label: string, uniform: () => number) => string;
  /** The share of the messages that are refused. */
  refused?: number;
  /** What an earlier champion would answer; there is none by default. */
  earlier?: (row: Row) => string;
  /** Nights in which the world is another one, before the change, too. */
  isSeason?: boolean;
  /** An alert on inputs begins the run, so many rows after the change; otherwise regret does. */
  alarmAfter?: number;
  /** Rows in which the change comes about. */
  over?: number;
};
type Row = { x: number; amount: number; plan: string };

const input: Readonly<Record<string, Feature>> = {
  x: { kind: 'number' },
  amount: { kind: 'number' },
  plan: { kind: 'category', values: ['free', 'team', 'firm'] },
};

const { price, minRows } = defaultPolicy;
const [TRAINING_ROWS, CALM_ROWS, ROWS_AT_MOST, NEWEST_ROWS, LOOK_EVERY] = [2_000, 2_500, 6_000, 500, 10];
const [USUAL_YES, GAP] = [0.15, 1.6];
const ROW_MS = 150_000;
const DAY_MS = 86_400_000;
/** The part of the day after which it is night. */
const NIGHT = 0.75;

/** Bayes' rule for two normals GAP apart. */
const best = (x: number): string =>
  GAP * x - GAP ** 2 / 2 + Math.log(USUAL_YES / (1 - USUAL_YES)) > 0 ? 'yes' : 'no';
const champion = (row: InputRow): string => best(typeof row['x'] === 'number' ? row['x'] : 0);

export const changes: Readonly<Record<string, Change>> = {
  'a number gone': {
    is: 'brokenData',
    input: ({ amount, plan }) => ({ x: null, amount, plan }),
    alarmAfter: 400,
  },
  'a number frozen': { is: 'brokenData', input: (row) => ({ ...row, x: 2.5 }) },
  'another unit': { is: 'brokenData', input: (row) => ({ ...row, x: 100 * row.x }) },
  'another unit of what says nothing': {
    is: 'brokenData',
    input: (row) => ({ ...row, amount: row.amount / 1_000 }),
    alarmAfter: 400,
  },
  'words of another language': {
    is: 'brokenData',
    input: (row, uniform) => (uniform() < 0.5 ? { ...row, plan: `${row.plan}-de` } : row),
    alarmAfter: 400,
  },
  'numbers as text, every other time': {
    is: 'brokenData',
    input: (row, uniform) => (uniform() < 0.5 ? { ...row, amount: `${row.amount}` } : row),
    alarmAfter: 400,
  },
  'messages refused': { is: 'brokenData', refused: 0.6, alarmAfter: 400 },
  'four times as many yes': { is: 'labelShift', yes: 0.6 },
  'other customers': {
    is: 'covariateShift',
    input: (row, uniform) => ({ ...row, amount: row.amount * 2, plan: uniform() < 0.6 ? 'firm' : row.plan }),
    alarmAfter: 800,
  },
  nothing: { is: 'steady', alarmAfter: 800 },
  'the answer turned round': {
    is: 'conceptDrift',
    label: (_row, label) => (label === 'yes' ? 'no' : 'yes'),
  },
  'another boundary': { is: 'conceptDrift', label: ({ x }) => (x > 0.7 ? 'yes' : 'no') },
  'another boundary, little by little': {
    is: 'conceptDrift',
    label: ({ x }) => (x > 0.7 ? 'yes' : 'no'),
    over: 1_000,
  },
  'another answer where the plan is "firm"': {
    is: 'conceptDrift',
    label: ({ plan }, label, uniform) => (plan === 'firm' && uniform() < 0.6 ? 'yes' : label),
  },
  'another boundary, known to an earlier champion': {
    is: 'recurring',
    label: ({ x }) => (x > 0.7 ? 'yes' : 'no'),
    earlier: ({ x }) => (x > 0.7 ? 'yes' : 'no'),
  },
  'as every night': {
    is: 'seasonal',
    isSeason: true,
    label: (_row, label, uniform) => (uniform() < 0.5 ? label : 'yes'),
  },
};

/** Tells the story of a change with one seed, to the moment at which a training would begin. */
export function storyOf(change: Change, seed: number): Diagnosed {
  const draw = rowsOf(change, seed);
  const training = Array.from({ length: TRAINING_ROWS }, () => draw(0).input);
  const rows: Drawn[] = [];
  let regret = start();
  for (let at = 0; at < ROWS_AT_MOST; at += 1) {
    const one = draw(at);
    rows.push(one);
    regret = observe(regret, one.isError);
    const isPriced = regret.regret >= price;
    if (at < CALM_ROWS) {
      // What came by chance, or every night, was no reason for a training.
      if (isPriced) regret = { ...regret, regret: 0 };
      continue;
    }
    const { alarmAfter } = change;
    const isAlarm = alarmAfter === undefined ? isPriced : at >= CALM_ROWS + alarmAfter;
    if (!isAlarm || at % LOOK_EVERY > 0) continue;
    const errors = Uint8Array.from(rows, ({ isError }) => Number(isError));
    const { before, now } = windowsOf({
      labelled: rows.length,
      tookOverAtSeq: 0,
      errors,
      regret: regret.regret,
    });
    const waitsForRows = alarmAfter === undefined && change.isSeason !== true;
    if (waitsForRows && rows.length - now.fromSeq + 1 < minRows) continue;
    const part = ({ fromSeq, toSeq }: Window) => rows.slice(fromSeq - 1, toSeq);
    return ask(change, { before: part(before), now: part(now), training, isPriced });
  }
  throw new Error(`No alarm in ${ROWS_AT_MOST} rows: the change is too small to be a story.`);
}

type Drawn = JudgedRow & { row: Row };

function rowsOf(change: Change, seed: number): (at: number) => Drawn {
  const { uniform } = random(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return (at) => {
    const share = at < CALM_ROWS ? 0 : Math.min(1, (at - CALM_ROWS + 1) / (change.over ?? 1));
    const isNight = (at * ROW_MS) % DAY_MS > NIGHT * DAY_MS;
    const isChanged = change.isSeason === true ? isNight : uniform() < share;
    const yes = isChanged ? (change.yes ?? USUAL_YES) : USUAL_YES;
    const truth = uniform() < yes ? 'yes' : 'no';
    const row = {
      x: normal() + (truth === 'yes' ? GAP : 0),
      amount: Math.exp(normal()),
      plan: uniform() < 0.6 ? 'free' : uniform() < 0.5 ? 'team' : 'firm',
    };
    const label = isChanged && change.label ? change.label(row, truth, uniform) : truth;
    const seen = isChanged && change.input ? change.input(row, uniform) : row;
    return { row, input: seen, label, isError: champion(seen) !== label, atMs: at * ROW_MS };
  };
}

type Alarm = { before: Drawn[]; now: Drawn[]; training: InputRow[]; isPriced: boolean };

function ask({ earlier, refused = 0 }: Change, { before, now, training, isPriced }: Alarm): Diagnosed {
  const reference = referenceShares(input, training, { labels: ['no', 'yes'] }, []);
  const newest = [...before, ...now].slice(-NEWEST_ROWS).map((one) => one.input);
  const messages = Math.round(NEWEST_ROWS / (1 - refused));
  return diagnose({
    broken: findBrokenData({
      input,
      newest,
      before: before.map((one) => one.input),
      reference,
      refused: { before: { hits: 5, rows: 2_000 }, now: { hits: messages - NEWEST_ROWS, rows: messages } },
    }),
    earlier: isPriced && earlier ? recall(earlier, now) : null,
    before,
    now,
    newest,
    reference,
    isPriced,
    isBelowObjective: false,
  });
}

function recall(earlier: (row: Row) => string, now: readonly Drawn[]): string | null {
  const newest = now
    .slice(-defaultPolicy.memoryRows)
    .map(({ row, label, isError }) => ({ isError, isRight: earlier(row) === label }));
  const wins = newest.filter(({ isError, isRight }) => isError && isRight).length;
  const losses = newest.filter(({ isError, isRight }) => !isError && !isRight).length;
  return pickEarlierVersion([{ version: 'v1', wins, losses }])?.sentence ?? null;
}
