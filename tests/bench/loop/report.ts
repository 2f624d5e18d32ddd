import type { Production } from '../../../cli/demo/choose-production.ts';
import type { Run } from '../../../domain/run.ts';
import { alertLags, trueCrossings } from './alert-lag.ts';
import { rowAt } from './deployments.ts';
import { figuresOf, replayScheduleOn, scheduleFrom, type Figures } from './offline.ts';
import type { PlayedFile } from './play-file.ts';

/** The loop beside what it has to beat, on identical rows: those after the first promotion. */
export type LoopReport = {
  firstPromotionAtRow: number | null;
  afterFirstPromotion: { loop: Figures; frozen: Figures; schedule: Figures } | null;
  wholeStretch: { loop: Figures; frozen: Figures; schedule: Figures };
  runs: { trained: number; promoted: number; rejected: number };
  alertLags: ReturnType<typeof alertLags>;
};

/** Every challenger that was trained counts, kept or not. */
const trainedAfter = (runs: readonly Run[], ms: number): number =>
  runs.filter(({ trainSeconds, startedAt }) => trainSeconds !== null && Date.parse(startedAt) >= ms).length;

/** Compares a played file offline. Trains some twenty times; call it when the services are down. */
export async function reportOn(production: Production, played: PlayedFile): Promise<LoopReport> {
  const { bootstrapRows, model, pace } = production;
  const { price } = model.retrain;
  const { view, deployments, frozen } = played;
  const outcomes = [...played.outcomes].sort((a, b) => a.index - b.index);
  // Labels come a second after their answer; the schedule is given the same delay in rows.
  const schedule = await replayScheduleOn(production, Math.round(pace));

  const promotedAtMs = Math.min(
    ...view.runs.flatMap(({ promotedAt }) => (promotedAt ? [Date.parse(promotedAt)] : [])),
  );
  const compare = (fromRow: number, fromMs: number) => {
    const rows = outcomes.filter(({ index }) => index >= fromRow);
    return {
      loop: figuresOf(
        rows.map((o) => !o.isCorrect),
        trainedAfter(view.runs, fromMs),
        price,
      ),
      frozen: figuresOf(
        rows.map(({ index }) => !frozen.get(index)),
        0,
        price,
      ),
      schedule: scheduleFrom(schedule, bootstrapRows, fromRow, price),
    };
  };
  const promotedAtRow = Number.isFinite(promotedAtMs) ? rowAt(outcomes, promotedAtMs) : null;
  const toRow = bootstrapRows + outcomes.length;
  const crossings = trueCrossings(
    deployments.reigns,
    toRow,
    (version, row) => deployments.errors.get(version)?.[row - deployments.fromRow] === 1,
  );
  const alerts = view.alerts
    .filter(({ labels }) => labels['kind'] === 'regret' && labels['level'] === 'detected')
    .map(({ labels, startsAt }) => ({
      version: labels['version'] ?? '',
      row: rowAt(outcomes, Date.parse(startsAt)),
    }))
    .sort((a, b) => a.row - b.row);
  return {
    firstPromotionAtRow: promotedAtRow,
    afterFirstPromotion: promotedAtRow === null ? null : compare(promotedAtRow, promotedAtMs),
    wholeStretch: compare(bootstrapRows, 0),
    runs: {
      trained: trainedAfter(view.runs, 0),
      promoted: view.runs.filter(({ promotedAt }) => promotedAt !== null).length,
      rejected: view.runs.filter(({ outcome }) => outcome?.kind === 'rejected').length,
    },
    alertLags: alertLags(alerts, crossings),
  };
}

const rate = (x: number): string => x.toFixed(3).replace(/^0/, '');
const whole = (n: number): string => n.toLocaleString('en-US');

export function sayReport(report: LoopReport): string[] {
  const table = (title: string, figures: LoopReport['wholeStretch']): string[] => [
    `${title} (${whole(figures.loop.rows)} rows)`,
    ...Object.entries(figures).map(
      ([name, { accuracy, trainings, cost }]) =>
        `  ${name.padEnd(9)} accuracy ${rate(accuracy)}  trainings ${String(trainings).padStart(2)}  cost ${whole(cost)}`,
    ),
  ];
  const lags = report.alertLags
    .flatMap(({ lagRows }) => (lagRows === null ? [] : [lagRows]))
    .sort((a, b) => a - b);
  return [
    ...(report.afterFirstPromotion === null
      ? ['Nothing was promoted.']
      : table('After the first promotion', report.afterFirstPromotion)),
    ...table('The whole stretch', report.wholeStretch),
    `Runs: ${report.runs.trained} trained, ${report.runs.promoted} promoted, ${report.runs.rejected} rejected.`,
    lags.length === 0
      ? 'No alert of regret fired.'
      : `Alerts fired ${lags[Math.floor(lags.length / 2)]} rows (median) after regret truly reached the price; ` +
        `the ${lags.length}: ${lags.join(', ')}.`,
  ];
}
