import type { Colors } from 'picocolors/types.js';
import { counted } from '../../../console/wording.ts';
import { count } from '../../../domain/count.ts';
import type { DemoPhase, Progress, RunProgress } from './progress.ts';
import { sparkline } from './sparkline.ts';

/** What does not change while the demo runs. */
export type Scene = {
  title: string;
  /** Evidence counts from an e-value of 1/α. */
  alpha: number;
  width: number;
};
export type Curves = { champion: readonly (number | null)[]; frozen: readonly (number | null)[] };

const saying: Record<DemoPhase, string> = {
  steady: 'production answers as well as it should',
  drifting: 'the world has changed, and the champion does not know it yet',
  retraining: 'a challenger is in the making',
  'rolling out': 'the challenger answers part of the traffic',
  recovered: 'a better version answers production',
};

/** Rates without a leading zero: .741. */
export const rate = (x: number | null): string => (x === null ? '  – ' : x.toFixed(3).replace(/^0/, ''));
export const clock = (iso: string): string => new Date(iso).toTimeString().slice(0, 8);
const compact = (x: number): string => (x >= 100 ? count(x) : x.toPrecision(2));

/** One picture of the demo, line by line, each at most `width` wide. */
export function draw(progress: Progress, curves: Curves, scene: Scene, color: Colors): string[] {
  const { rows, window, alerts, run } = progress;
  const champion = progress.versions.find((v) => v.role === 'champion')?.version ?? 'v1';
  const changed =
    progress.rowsSinceDrift === null ? '' : `, the world changed ${count(progress.rowsSinceDrift)} rows ago`;
  const lines: [label: string, text: string, paint?: (s: string) => string][] = [
    ['', ''],
    [progress.phase, saying[progress.phase] + changed, color.bold],
    ['', bar(rows.sent / rows.planned, 30) + progressWords(progress)],
    ['', ''],
    ['production', `${rate(window.champion)}  ${sparkline(curves.champion)}  ${champion}`, color.blue],
    ['left alone', `${rate(window.frozen)}  ${sparkline(curves.frozen)}  v1, never retrained`, color.magenta],
    ['', ''],
    ['events', eventWords(progress)],
    ...(alerts.length === 0
      ? [['alerts', 'none', color.dim] as [string, string, (s: string) => string]]
      : alerts.map((a, i): [string, string, (s: string) => string] => [
          i === 0 ? 'alerts' : '',
          `▲ ${a.name} since ${clock(a.since)}: ${a.summary}`,
          color.red,
        ])),
    ['run', run ? runWords(run) : 'none'],
    ...(run?.gate ? [['gate', gateWords(run.gate, scene.alpha)] as [string, string]] : []),
    ...(run?.verdict ? [['verdict', run.verdict] as [string, string]] : []),
    ['rollout', progress.rollout ?? 'none'],
    ['versions', progress.versions.map((v) => `${v.version} ${v.role}`).join(' · ')],
  ];
  const head = `${color.bold('Driftloop')}  ${color.dim(clip(scene.title, scene.width - 14))}`;
  return [
    head,
    ...lines.map(([label, text, paint]) => {
      const body = clip(text, scene.width - 15);
      return label === '' && text === ''
        ? ''
        : `  ${color.dim(label.padEnd(11))}  ${paint ? paint(body) : body}`;
    }),
  ];
}

/** The same in one line, for logs. */
export function drawLine(progress: Progress): string {
  const { rows, window, run } = progress;
  const story = run && run.phase !== 'ended' ? `, run ${runWords(run)}` : '';
  return (
    `${clock(progress.at)}  ${progress.phase}: ${rowWords(rows)}, ` +
    `production ${rate(window.champion)}, left alone ${rate(window.frozen)}, ` +
    `${progress.eventsPerSecond} events/s, ${counted(progress.alerts.length, 'alert')}${story}`
  );
}

/** A text in lines of at most `width`, broken between words. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

const clip = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

function bar(share: number, width: number): string {
  const full = Math.round(Math.min(1, share) * width);
  return `${'━'.repeat(full)}${'─'.repeat(width - full)}`;
}

const rowWords = ({ sent, planned }: Progress['rows']): string =>
  sent <= planned
    ? `row ${count(sent)} of ${count(planned)}`
    : `row ${count(sent)}, until the loop has closed`;

const progressWords = ({ rows, secondsPlayed, behindSeconds }: Progress): string =>
  `  ${rowWords(rows)}, ${count(secondsPlayed)} s` +
  (behindSeconds >= 1 ? `, ${behindSeconds.toFixed(1)} s behind: the services are the bottleneck` : '');

const eventWords = ({ eventsPerSecond, requests }: Progress): string =>
  `${eventsPerSecond} a second; ${count(requests.total)} requests, ${count(requests.failed)} failed`;

function runWords({ trigger, phase, step, steps, loss, backend }: RunProgress): string {
  const words = `${phase.replaceAll('-', ' ')} (${trigger})`;
  if (phase !== 'fine-tuning' || step === null || steps === null) return words;
  const lossWords = loss === null ? '' : `, loss ${loss.toFixed(3).replace(/^0/, '')}`;
  return `${words}: step ${count(step)} of ${count(steps)}${lossWords}${backend ? ` on ${backend}` : ''}`;
}

const gateWords = (gate: NonNullable<RunProgress['gate']>, alpha: number): string =>
  `${count(gate.rows)} rows that neither has seen` +
  (gate.eValue === null ? '' : `, e-value ${compact(gate.eValue)} of ${compact(1 / alpha)}`) +
  (gate.needed === null ? '' : `, about ${count(gate.needed)} more labels would settle it`);
