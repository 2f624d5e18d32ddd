/**
 * What lies behind an alarm? The kinds of evidence are asked in the order in which they rule each other out; the first
 * that answers is the diagnosis:
 *
 *     broken data       what the champion sees is not what was sent
 *     recurring         an earlier champion fits what comes now
 *     worse             seasonal, where the hours explain it; label shift, where the labels do; else concept drift
 *     intact            covariate shift, where inputs have moved; else steady, a false alarm
 *     neither shown     unclear
 *
 * So a training is held back only where something else is shown; whatever cannot be shown is trained for.
 */
import type { InputRow } from '../../domain/input.ts';
import type { ReferenceShares } from '../../domain/reference-shares.ts';
import type { Diagnosis, Evidence } from '../../domain/triage.ts';
import { findInputShift, sayMoved } from './input-shift.ts';
import type { InputShift } from './input-shift.ts';
import { findLabelShift } from './label-shift.ts';
import { judgePerformance } from './performance.ts';
import { findSeason } from './season.ts';

/** A labelled row of the champion's time; `atMs` null where it is not known when it was predicted. */
export type JudgedRow = Readonly<{ input: InputRow; label: string; isError: boolean; atMs: number | null }>;

export type AlarmEvidence = Readonly<{
  /** A sentence for each thing that is broken. */
  broken: readonly string[];
  /** Why an earlier champion fits, or null. */
  earlier: string | null;
  /** Rows of the same champion, oldest first: before the change, and since. */
  before: readonly JudgedRow[];
  now: readonly JudgedRow[];
  /** The newest live inputs, labelled or not. */
  newest: readonly InputRow[];
  reference: ReferenceShares | null;
  /** Whether regret has reached the price of a training. */
  isPriced: boolean;
  /** The alarm is about an accuracy that somebody asked for: what it was before is no excuse. */
  isBelowObjective: boolean;
}>;

export type Diagnosed = Readonly<{ diagnosis: Diagnosis; evidence: readonly Evidence[] }>;

export function diagnose(alarm: AlarmEvidence): Diagnosed {
  const { broken, earlier } = alarm;
  if (broken.length > 0)
    return { diagnosis: 'brokenData', evidence: broken.map((says) => ({ about: 'data quality', says })) };
  if (earlier !== null)
    return { diagnosis: 'recurring', evidence: [{ about: 'earlier versions', says: earlier }] };
  const performance = judgePerformance(errorsOf(alarm.before), errorsOf(alarm.now), alarm.isPriced);
  const evidence: Evidence = { about: 'performance', says: performance.says };
  switch (performance.level) {
    case 'worse':
      return whyWorse(alarm, evidence);
    case 'intact':
      return whatElse(alarm, evidence);
    case 'unknown':
      return { diagnosis: 'unclear', evidence: [evidence] };
    default:
      return performance.level satisfies never;
  }
}

function whyWorse({ before, now, reference }: AlarmEvidence, performance: Evidence): Diagnosed {
  const season = findSeason(timed([...before, ...now]));
  const labels = findLabelShift(before, now, reference);
  const inputs = findInputShift({ before: inputsOf(before), now: inputsOf(now), reference });
  const evidence: Evidence[] = [
    performance,
    { about: 'season', says: season.says },
    ...(labels === null ? [] : [{ about: 'labels', says: labels.says } as const]),
    ...sayInputs(inputs),
  ];
  if (season.isExplanation)
    return { diagnosis: 'seasonal', evidence: [performance, { about: 'season', says: season.says }] };
  return { diagnosis: labels?.isExplanation === true ? 'labelShift' : 'conceptDrift', evidence };
}

function whatElse(alarm: AlarmEvidence, performance: Evidence): Diagnosed {
  const { before, now, newest, reference, isBelowObjective } = alarm;
  const labelled = findInputShift({ before: inputsOf(before), now: inputsOf(now), reference });
  const live = findInputShift({ before: inputsOf(before), now: newest, reference });
  const evidence: Evidence[] = [performance, ...sayInputs(labelled ?? live)];
  const unclear = (says: string): Diagnosed => ({
    diagnosis: 'unclear',
    evidence: [...evidence, { about: 'performance', says }],
  });
  if (isBelowObjective) return unclear('That is no excuse for an accuracy below what the config asks for.');
  const seen = new Set(labelled?.map(({ feature }) => feature));
  const unseen = live?.find(({ feature }) => !seen.has(feature));
  if (unseen !== undefined)
    return unclear(`But the rows in which "${unseen.feature}" has moved have no labels yet.`);
  return { diagnosis: (labelled?.length ?? 0) > 0 ? 'covariateShift' : 'steady', evidence };
}

const sayInputs = (moved: InputShift): Evidence[] =>
  moved === null ? [] : [{ about: 'inputs', says: sayMoved(moved) }];

const inputsOf = (rows: readonly JudgedRow[]): InputRow[] => rows.map(({ input }) => input);

const errorsOf = (rows: readonly JudgedRow[]) => ({
  hits: rows.filter(({ isError }) => isError).length,
  rows: rows.length,
});

const timed = (rows: readonly JudgedRow[]) =>
  rows.flatMap(({ atMs, isError }) => (atMs === null ? [] : [{ atMs, isError }]));
