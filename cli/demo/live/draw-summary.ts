import type { Colors } from 'picocolors/types.js';
import type { Summary, SummaryRun } from '../summary.ts';
import { count } from '../../../domain/count.ts';
import { clock, rate } from './draw.ts';

/** The summary for a person: what happened, run by run, and whether the loop closed. */
export function drawSummary(summary: Summary, color: Colors): string[] {
  const { accuracy, events, requests, versions } = summary;
  const stored = events.stored + events.duplicates + events.deadLettered;
  const row = (label: string, text: string) => `  ${color.dim(label.padEnd(11))}  ${text}`;
  return [
    '',
    `${summary.closed ? color.green('✓') : color.red('✗')} ${color.bold(summary.reason)}`,
    '',
    row('accuracy', `${rate(accuracy.before)} before the change`),
    row('', `${rate(accuracy.during)} from the change to the first promotion`),
    row(
      '',
      `${color.bold(rate(accuracy.after))} after it; the first champion, left alone: ${rate(accuracy.frozen)}`,
    ),
    ...summary.runs.map((run, i) => row(i === 0 ? 'runs' : '', runLine(run, summary.driftStartedAt))),
    row('versions', versions.map((v) => `${v.version} ${v.role} ${rate(v.accuracyOnTest)}`).join(' · ')),
    row(
      'events',
      `${count(events.predictions)} predictions and ${count(events.feedback)} labels accepted, ${count(events.stored)} of ` +
        `${count(stored)} stored once, ${count(events.duplicates)} duplicates, ${count(events.deadLettered)} dead letters`,
    ),
    row('requests', `${count(requests.total)}, ${count(requests.failed)} failed`),
    '',
  ];
}

function runLine(run: SummaryRun, driftStartedAt: string | null): string {
  const began = run.isRefit
    ? 'a planned refit, as the new rows have grown'
    : run.alertFiredAt === null
      ? `asked for by ${run.trigger}`
      : `${run.trigger} alert at ${clock(run.alertFiredAt)}`;
  const trained = run.trainSeconds === null ? '' : `, trained in ${run.trainSeconds.toFixed(1)} s`;
  const ended =
    run.promotedAt === null
      ? `, ${run.outcome ?? 'not decided yet'}`
      : `, ${run.version} answers everything since ${clock(run.promotedAt)}${since(run.promotedAt, driftStartedAt)}`;
  return `${began}${trained}${ended}`;
}

const since = (promotedAt: string, driftStartedAt: string | null): string => {
  if (driftStartedAt === null || promotedAt < driftStartedAt) return '';
  const seconds = (Date.parse(promotedAt) - Date.parse(driftStartedAt)) / 1000;
  return `, ${Math.round(seconds)} s after the drift`;
};
