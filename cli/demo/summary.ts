import type { Run, TriggerKind } from '../../domain/run.ts';
import type { Version, VersionRole } from '../../domain/version.ts';
import type { Outcome, Tally } from './player.ts';

/** What the demo says at its end. Times are RFC 3339, accuracies shares of rows; null: there were no such rows. */
export type Summary = {
  /**
   * Whether the loop closed as it should, and if not, why not: a version promoted by a verdict after the change, no
   * event lost, no request failed and, where the change is known, a better accuracy after the promotion.
   */
  closed: boolean;
  reason: string;
  model: string;
  stream: string;
  seed: number | null;
  rows: number;
  /** When the first row of a new regime was sent; null where the truth is not known. */
  driftStartedAt: string | null;
  runs: SummaryRun[];
  /**
   * `before` the drift or, if unknown, the first alert; `during`: from then to the promotion; `after` it; `frozen`:
   * the first champion, left alone, on the rows of `after`. A row counts for the version that answered it.
   */
  accuracy: { before: number | null; during: number | null; after: number | null; frozen: number | null };
  /** Messages that were accepted, and what ingest made of them: stored + duplicates + deadLettered is all of them. */
  events: {
    predictions: number;
    feedback: number;
    stored: number;
    duplicates: number;
    deadLettered: number;
  };
  requests: { total: number; failed: number };
  versions: { version: string; role: VersionRole; accuracyOnTest: number | null }[];
  addresses: Record<string, string>;
};

export type SummaryRun = {
  trigger: TriggerKind;
  /** Planned by an earlier promotion, because the rows of the new regime have grown; no alert began it. */
  isRefit: boolean;
  alertFiredAt: string | null;
  startedAt: string;
  verdict: 'promote' | 'hold' | 'reject' | null;
  promotedAt: string | null;
  version: string | null;
  trainSeconds: number | null;
  outcome: string | null;
  sentence: string | null;
};

/** What ingest has made of the messages of one model. */
export type StoredEvents = { stored: number; duplicates: number; deadLettered: number };

export type SummaryFacts = {
  model: string;
  stream: string;
  seed: number | null;
  outcomes: readonly Outcome[];
  /** By row index: whether the first champion, left alone, would have been right. Rows it has not scored are absent. */
  frozen: ReadonlyMap<number, boolean>;
  /** Index of the first row of the first new regime among the played ones; null where the truth is not known. */
  driftAtRow: number | null;
  firstAlertAt: string | null;
  runs: readonly Run[];
  versions: readonly Version[];
  tally: Tally;
  events: StoredEvents;
  addresses: Record<string, string>;
  /** Why the demo ended before its end, if it did: a timeout, an interrupt, a part that died. */
  endedEarly: string | null;
};

export function summarise(facts: SummaryFacts): Summary {
  const outcomes = [...facts.outcomes].sort((a, b) => a.index - b.index);
  const changeAt = changeMs(facts, outcomes);
  const runs = [...facts.runs].sort((a, b) => a.startedAt.localeCompare(b.startedAt)).map(summaryRun);
  const promotedAt = firstPromotion(runs, changeAt);
  const after = promotedAt === null ? [] : outcomes.filter((o) => o.sentAt >= promotedAt);
  const accuracy = {
    before: share(changeAt === null ? outcomes : outcomes.filter((o) => o.sentAt < changeAt)),
    during:
      changeAt === null
        ? null
        : share(outcomes.filter((o) => o.sentAt >= changeAt && o.sentAt < (promotedAt ?? Infinity))),
    after: share(after),
    frozen: share(
      after.flatMap(({ index }) => {
        const isCorrect = facts.frozen.get(index);
        return isCorrect === undefined ? [] : [{ isCorrect }];
      }),
    ),
  };
  const { tally, events } = facts;
  const summary: Omit<Summary, 'closed' | 'reason'> = {
    model: facts.model,
    stream: facts.stream,
    seed: facts.seed,
    rows: tally.sent,
    driftStartedAt: facts.driftAtRow === null || changeAt === null ? null : new Date(changeAt).toISOString(),
    runs,
    accuracy,
    events: { predictions: tally.predictions, feedback: tally.feedback, ...events },
    requests: { ...tally.requests },
    versions: facts.versions.map(({ version, role, accuracyOnTest }) => ({ version, role, accuracyOnTest })),
    addresses: facts.addresses,
  };
  const why = whyNotClosed(summary, { changeAt, promotedAt, endedEarly: facts.endedEarly, tally });
  return { closed: why === null, reason: why ?? closedSentence(summary), ...summary };
}

/** When the world changed: the first row of the new regime or, where the truth is not known, the first alert. */
function changeMs({ driftAtRow, firstAlertAt }: SummaryFacts, outcomes: readonly Outcome[]): number | null {
  if (driftAtRow === null) return firstAlertAt === null ? null : Date.parse(firstAlertAt);
  return outcomes.find((o) => o.index >= driftAtRow)?.sentAt ?? null;
}

/** The first promotion after the change; where there was no change yet, none counts. */
function firstPromotion(runs: readonly SummaryRun[], changeAt: number | null): number | null {
  if (changeAt === null) return null;
  const times = runs.flatMap((r) => (r.promotedAt === null ? [] : [Date.parse(r.promotedAt)]));
  const after = times.filter((t) => t >= changeAt);
  return after.length === 0 ? null : Math.min(...after);
}

const byAlert = new Set(['regret', 'drift', 'quality']);

/** A run as the summary tells it. A refit that a promotion planned begins without an alert. */
export function summaryRun(run: Run): SummaryRun {
  const { trigger, outcome, verdict } = run;
  return {
    trigger: trigger.kind,
    isRefit: trigger.refit !== undefined,
    alertFiredAt: byAlert.has(trigger.kind) && !trigger.refit ? trigger.firedAt : null,
    startedAt: run.startedAt,
    verdict: verdict?.kind ?? null,
    promotedAt: run.promotedAt,
    version: run.version,
    trainSeconds: run.trainSeconds,
    outcome: outcome?.kind ?? null,
    sentence: outcome?.sentence ?? verdict?.sentence ?? null,
  };
}

const share = (rows: readonly { isCorrect: boolean }[]): number | null =>
  rows.length === 0 ? null : rows.filter((r) => r.isCorrect).length / rows.length;

const rate = (x: number | null): string => (x === null ? 'unknown' : x.toFixed(3).replace(/^0/, ''));

/** The first thing that is not as it should be, as a sentence; null when the loop closed. */
function whyNotClosed(
  { requests, runs, events, accuracy, driftStartedAt }: Omit<Summary, 'closed' | 'reason'>,
  facts: { changeAt: number | null; promotedAt: number | null; endedEarly: string | null; tally: Tally },
): string | null {
  const early = facts.endedEarly === null ? '' : ` ${facts.endedEarly}`;
  if (requests.failed > 0)
    return `${requests.failed} of ${requests.total} requests failed; the last one: ${facts.tally.lastFailure ?? 'unknown'}`;
  if (facts.changeAt === null)
    return facts.endedEarly === null
      ? 'The stream ended before anything changed.'
      : `${facts.endedEarly} Nothing had changed until then.`;
  if (facts.promotedAt === null) {
    const last = runs.at(-1);
    const story = last ? ` The last run: ${last.sentence ?? 'not decided yet'}` : ' No run began.';
    return `No version was promoted after the change.${story}${early}`;
  }
  if (
    !runs.some(
      (r) => r.promotedAt !== null && Date.parse(r.promotedAt) >= facts.changeAt! && r.verdict === 'promote',
    )
  )
    return 'A version took over after the change, but not by a verdict.';
  const sent = events.predictions + events.feedback;
  if (events.stored !== sent || events.duplicates > 0 || events.deadLettered > 0)
    return (
      `${sent} messages were accepted, and ${events.stored} stored ` +
      `(${events.duplicates} duplicates, ${events.deadLettered} dead letters).`
    );
  if (accuracy.after === null || accuracy.during === null)
    return `No row was answered after the promotion.${early}`;
  // On rows whose truth nobody knows, the rows after the promotion may simply be harder ones: there the gate's verdict,
  // on rows that both versions answered, is the proof, and what followed is only told.
  if (driftStartedAt !== null && accuracy.after <= accuracy.during)
    return `The accuracy did not recover: ${rate(accuracy.during)} before the promotion, ${rate(accuracy.after)} after it.`;
  return facts.endedEarly;
}

const closedSentence = ({ accuracy }: Omit<Summary, 'closed' | 'reason'>): string =>
  `The loop closed: accuracy ${rate(accuracy.before)} before the change, ${rate(accuracy.during)} until the promotion, ` +
  `${rate(accuracy.after)} after it; left alone, the first champion would have had ${rate(accuracy.frozen)}.`;
