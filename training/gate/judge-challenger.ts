/**
 * The gate's statistical decision: challenger against champion on labelled rows that neither has seen.
 *
 *     E(w, l) > 1/α   promote        w, l: rows that only the challenger, only the champion got right
 *     E(l, w) > 1/α   reject
 *
 * With a margin the question is another: is it no more than `notWorseBy` worse (promote), or is it (reject)?
 *
 * It may be asked after every row: E is valid at any stopping time. `strict` knows nothing else and holds until the
 * evidence is there or the run expires. `patient` is for runs that regret began, where the champion is known to be
 * bad: after `patience` rows the side that is ahead wins, a tie included. But two that are right and wrong on the very same
 * rows are no tie: nothing was compared, and no patience makes a proof of it. With a margin equal is enough, so that a
 * version that was made to be smaller or cheaper passes there, an identical one included.
 */
import { defaultPolicy, type RegretPolicy } from '../../domain/policy/regret-policy.ts';
import type { GateKind } from '../../domain/verdict.ts';
import { labelsToSettle } from '../../statistics/sequential/labels-to-settle.ts';
import { logEAbove, logEBelow } from '../../statistics/sequential/paired-difference.ts';
import { sayAlike, sayHold, sayPromote, sayReject } from './say-verdict.ts';

export type GateQuestion = Readonly<{
  wins: number;
  losses: number;
  /** All test rows so far, those on which both were right or both wrong included. */
  rows: number;
  kind: GateKind;
  /** It is enough to be no more than this share of the rows worse; 0: it has to be better. */
  notWorseBy?: number;
  /** The run may not wait any longer: a gate that would hold rejects. */
  isExpired?: boolean;
}>;

type Evidence = Readonly<{
  wins: number;
  losses: number;
  rows: number;
  /** Above 1/α the challenger is better, or with a margin: not worse than that. */
  eValue: number;
  /** Above 1/α the challenger is worse, or with a margin: worse than that. */
  eValueAgainst: number;
  sentence: string;
}>;

/** A `Verdict` of domain/, with the numbers behind it. */
export type GateVerdict =
  | (Evidence & { kind: 'promote'; by: 'evidence' | 'patience' })
  /** By `patience`: the champion is as bad as before, and the next training need not wait for the gap. */
  | (Evidence & { kind: 'reject'; by: 'evidence' | 'patience' | 'expired' })
  /**
   * `isForecast` false: nothing can be foreseen yet; `labelsNeeded` is then when a look is worth its while. `isAlike`:
   * neither was ever right alone.
   */
  | (Evidence & { kind: 'hold'; labelsNeeded: number; isForecast: boolean; isAlike: boolean });

/** When nothing can be foreseen: look again after as many rows as were seen, and no fewer than this. */
export const FEW_ROWS = 100;

export function judgeChallenger(
  question: GateQuestion,
  { alpha, patience }: Pick<RegretPolicy, 'alpha' | 'patience'> = defaultPolicy,
): GateVerdict {
  const { wins, losses, rows, kind, notWorseBy = 0, isExpired = false } = question;
  const pairs = { wins, losses, ties: rows - wins - losses };
  const numbers = {
    wins,
    losses,
    rows,
    eValue: finite(Math.exp(logEAbove(pairs, -notWorseBy))),
    eValueAgainst: finite(Math.exp(logEBelow(pairs, -notWorseBy))),
  };
  const promote = (by: 'evidence' | 'patience'): GateVerdict => ({
    ...numbers,
    kind: 'promote',
    by,
    sentence: sayPromote(question, by),
  });
  const reject = (by: 'evidence' | 'patience' | 'expired'): GateVerdict => ({
    ...numbers,
    kind: 'reject',
    by,
    sentence: sayReject(question, by),
  });

  if (numbers.eValue > 1 / alpha) return promote('evidence');
  if (numbers.eValueAgainst > 1 / alpha) return reject('evidence');
  const isAlike = wins + losses === 0 && notWorseBy === 0;
  if (kind === 'patient' && rows >= patience && !isAlike)
    return wins >= losses ? promote('patience') : reject('patience');
  if (isExpired) return reject('expired');

  const forecast = labelsToSettle({ wins, losses, rows, alpha, above: -notWorseBy });
  const isWaiting = kind === 'patient' && rows < patience;
  const isForecast = forecast !== null || isWaiting;
  const later = forecast ?? Math.max(rows, FEW_ROWS);
  const labelsNeeded = isWaiting ? Math.min(forecast ?? Infinity, patience - rows) : later;
  const sentence =
    isAlike && rows >= FEW_ROWS ? sayAlike(question) : sayHold(question, isForecast ? labelsNeeded : null);
  return { ...numbers, kind: 'hold', labelsNeeded, isForecast, isAlike, sentence };
}

/** So that it survives JSON. */
const finite = (evidence: number): number => Math.min(evidence, Number.MAX_VALUE);
