import type { AlertRow } from '../../../domain/ports.ts';
import type { Run } from '../../../domain/run.ts';
import { alertSentence, sayRoute, type LoopView } from '../loop-view.ts';
import type { Outcome, Tally } from '../player.ts';

/** The demo at one moment: what the live view draws, and what `--json` prints as a line. */
export type Progress = {
  at: string;
  phase: DemoPhase;
  /** Rows sent so far, and the rows that are to be played. */
  rows: { sent: number; planned: number };
  secondsPlayed: number;
  /** Rows since the world changed; null before it, or where the truth is not known. */
  rowsSinceDrift: number | null;
  /** Accuracy of the newest `rows` answered rows: what production got, and what the first champion would have said. */
  window: { rows: number; champion: number | null; frozen: number | null };
  eventsPerSecond: number;
  behindSeconds: number;
  requests: Tally['requests'];
  alerts: { name: string; since: string; summary: string }[];
  run: RunProgress | null;
  rollout: string | null;
  versions: { version: string; role: string }[];
};

export type DemoPhase = 'steady' | 'drifting' | 'retraining' | 'rolling out' | 'recovered';

export type RunProgress = {
  id: string;
  trigger: string;
  phase: Run['phase'];
  step: number | null;
  steps: number | null;
  loss: number | null;
  backend: string | null;
  gate: { rows: number; eValue: number | null; needed: number | null } | null;
  verdict: string | null;
};

export type ProgressFacts = {
  nowMs: number;
  startedAtMs: number;
  plannedRows: number;
  driftAtRow: number | null;
  outcomes: readonly Outcome[];
  frozen: ReadonlyMap<number, boolean>;
  tally: Tally;
  view: LoopView | null;
};

/** Rows that the live accuracy is taken over. */
export const liveWindowRows = 200;
const rateWindowMs = 5_000;

export function progressOf(facts: ProgressFacts): Progress {
  const { nowMs, tally, view, outcomes, driftAtRow } = facts;
  const window = outcomes.slice(-liveWindowRows);
  const newest = outcomes.at(-1)?.index ?? null;
  const hasDrifted = driftAtRow !== null && newest !== null && newest >= driftAtRow;
  const run = view?.runs[0] ? runProgress(view.runs[0], view) : null;
  const recent = outcomes.slice(-2_000).filter((o) => o.answeredAt > nowMs - rateWindowMs).length;
  const spanMs = Math.min(rateWindowMs, Math.max(1_000, nowMs - facts.startedAtMs));
  return {
    at: new Date(nowMs).toISOString(),
    phase: phaseOf(view, hasDrifted),
    rows: { sent: tally.sent, planned: facts.plannedRows },
    secondsPlayed: Math.max(0, nowMs - facts.startedAtMs) / 1000,
    rowsSinceDrift: hasDrifted ? newest - driftAtRow : null,
    window: {
      rows: window.length,
      champion: shareOf(window.map((o) => o.isCorrect)),
      frozen: shareOf(window.flatMap((o) => facts.frozen.get(o.index) ?? [])),
    },
    // A row is two events: the prediction and its label.
    eventsPerSecond: Math.round((2 * recent * 1000) / spanMs),
    behindSeconds: Math.round(tally.behindMs / 100) / 10,
    requests: { ...tally.requests },
    alerts: alertLines(view?.alerts ?? []),
    run,
    rollout: view?.route ? sayRoute(view.route) : null,
    versions: view?.versions.map(({ version, role }) => ({ version, role })) ?? [],
  };
}

const shareOf = (right: readonly boolean[]): number | null =>
  right.length === 0 ? null : right.filter(Boolean).length / right.length;

/** One line for each name: the worst of it, and how many more there are. */
function alertLines(alerts: readonly AlertRow[]): Progress['alerts'] {
  const firing = alerts.filter(({ status }) => status === 'firing');
  return [...new Set(firing.map(({ alertname }) => alertname))].map((name) => {
    const named = firing.filter(({ alertname }) => alertname === name);
    const detected = named.filter(({ labels }) => labels['level'] === 'detected');
    // What is detected need not be suspected any more.
    const worst = detected.length > 0 ? detected : named;
    const more = worst.length > 1 ? ` (and ${worst.length - 1} more)` : '';
    const since = worst.map(({ startsAt }) => startsAt).sort()[0]!;
    return { name, since, summary: `${alertSentence(worst[0]!)}${more}` };
  });
}

/** Where the story of the demo is. A promotion ends it well; the next drift or alert opens it again. */
function phaseOf(view: LoopView | null, hasDrifted: boolean): DemoPhase {
  const run = view?.runs[0];
  if (run && run.phase === 'rollout') return 'rolling out';
  if (run && run.phase !== 'ended') return 'retraining';
  const promoted = view?.runs.some((r) => r.promotedAt !== null) ?? false;
  const isAlarmed = view?.alerts.some((a) => a.status === 'firing') ?? false;
  if (promoted) return isAlarmed ? 'drifting' : 'recovered';
  return hasDrifted || isAlarmed ? 'drifting' : 'steady';
}

function runProgress(run: Run, { evaluation }: LoopView): RunProgress {
  const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  return {
    id: run.id,
    trigger: run.trigger.kind,
    phase: run.phase,
    step: run.progress?.step ?? null,
    steps: run.progress?.steps ?? null,
    loss: run.progress?.validationLoss ?? run.progress?.trainLoss ?? null,
    backend: run.progress?.backend ?? null,
    gate: evaluation && {
      rows: evaluation.rows,
      eValue: number(evaluation.report['eValue']),
      needed: evaluation.verdict.kind === 'hold' ? evaluation.verdict.labelsNeeded : null,
    },
    verdict: run.outcome?.sentence ?? run.verdict?.sentence ?? evaluation?.verdict.sentence ?? null,
  };
}
