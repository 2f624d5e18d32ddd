import type { FC } from 'hono/jsx';
import type { Judgement } from '../../domain/rollout.ts';
import { Glyph } from '../pages/icons.tsx';
import { judgementMarks, moment, shareOf, stageName } from '../rollout/say-rollout.ts';
import type { PhaseSpan, ShownRollout } from '../rollout/rollout-view.ts';
import type { Clock } from '../times.ts';
import { TimeAxis } from './axes.tsx';
import { px, scaleOf, timeTicks } from './axis.ts';
import { layouts } from './plot.ts';
import type { Layout } from './plot.ts';

type Props = { shown: ShownRollout; layout: Layout; clock: Clock; label: string };

const top = 40;
const plotHeight = 150;
/** About what a letter of a chart's text takes. */
const letter = 6.5;
/** The plan is drawn so many times as far as has been gone, and the rest is said in words. */
const AHEAD = 5;
const LEAST_AHEAD_MS = 60_000;

/** Who answered what over time, what is planned (hatched), and every judgement under it. */
export const TrafficChart: FC<Props> = ({ shown, layout, clock, label }) => {
  const { width, ticks: tickCount } = layouts[layout];
  const isNarrow = layout === 'narrow';
  const [left, end] = [isNarrow ? 44 : 74, width - (isNarrow ? 4 : 20)];
  const { phases, planned, looks, version, over, isOpen } = shown;
  const begun = phases[0]?.from ?? clock.now;
  const now = isOpen ? clock.now : (phases.at(-1)?.to ?? clock.now);
  const gone = Math.max(now - begun, LEAST_AHEAD_MS);
  const until = isOpen
    ? Math.max(now + LEAST_AHEAD_MS, Math.min(planned.at(-1)?.to ?? now, now + AHEAD * gone))
    : now + 0.04 * gone;
  const from = begun - 0.08 * gone;
  const bottom = top + (isNarrow ? 120 : plotHeight);
  const x = scaleOf([from, until], [left, end]);
  const y = scaleOf([0, 1], [bottom, top]);
  const judged = bottom + 38;
  const height = judged + 34;
  const ahead = planned.filter((span) => span.from < until && span.to > now);
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {[0, 0.25, 0.5, 1].map((share) => (
        <>
          <path class={share === 0 ? 'ax' : 'gl'} d={`M${left} ${px(y(share))}H${end}`} />
          <text class="e" x={left - 8} y={px(y(share) + 4)}>
            {`${100 * share} %`}
          </text>
        </>
      ))}
      <rect
        class="f-champion-soft"
        x={left}
        y={top}
        width={px(Math.max(0, x(now) - left))}
        height={bottom - top}
      />
      {phases.map((span) => (
        <Answered span={span} x={x} y={y} bottom={bottom} />
      ))}
      {ahead.map((span) => (
        <Planned span={span} now={now} until={until} x={x} y={y} bottom={bottom} />
      ))}
      <TimeAxis
        time={timeTicks([from, until], isNarrow ? 3 : tickCount, clock.zone)}
        x={x}
        bottom={bottom}
        zone={clock.zone}
      />
      <PhaseNames spans={namesOf(phases, ahead)} now={now} x={x} end={end} />
      <text class="f-champion" x={left + 6} y={top + 16}>
        {isNarrow || !/^v\d/.test(over) ? over : `${over}, champion`}
      </text>
      <text x={0} y={judged + 4}>
        {isNarrow ? '' : 'Judged'}
      </text>
      {apart(
        looks.map(({ at, judgement }) => ({ x: x(Date.parse(at)), kind: judgement.kind, at })),
        17,
      ).map(({ x: at, kind, title }) => (
        <g transform={`translate(${px(at - 7)} ${judged - 8})`}>
          <title>{title}</title>
          <Glyph name={judgementMarks[kind].icon} size={15} tone={judgementMarks[kind].tone} />
        </g>
      ))}
      {isOpen ? (
        <>
          {comingLooks(shown, x, end).map((at) => (
            <g transform={`translate(${px(at - 6)} ${judged - 7})`}>
              <Glyph name="planned" size={12} tone="unknown" />
            </g>
          ))}
          <path class="s-you" d={`M${px(x(now))} 14V${judged + 14}`} />
          <text
            class={`k f-you${x(now) > end - 80 ? ' e' : ''}`}
            x={px(x(now) + (x(now) > end - 80 ? -5 : 5))}
            y="19"
          >
            {isNarrow ? 'now' : `now, ${moment(now, clock)}`}
          </text>
        </>
      ) : null}
      {shown.nextLookAt === null || isNarrow ? null : (
        <text class="m" x={px(Math.min(x(shown.nextLookAt) + 4, end - 110))} y={judged + 28}>
          {`next look ${moment(shown.nextLookAt, clock)}`}
        </text>
      )}
      <title>{`Who answered what: ${over} and ${version}`}</title>
    </svg>
  );
};

type Across = { x: (at: number) => number; y: (share: number) => number; bottom: number };

/** The shadow answers nobody: it is a hatched strip at the foot. */
const Answered: FC<Across & { span: PhaseSpan }> = ({ span: { stage, from, to }, x, y, bottom }) => {
  const [at, width] = [x(from), Math.max(1, x(to) - x(from))];
  return stage.phase === 'shadow' ? (
    <>
      <rect fill="url(#hatch-c)" x={px(at)} y={bottom - 6} width={px(width)} height={6} />
      <rect class="planned" x={px(at)} y={bottom - 6} width={px(width)} height={6} />
    </>
  ) : (
    <rect
      class="f-challenger"
      x={px(at)}
      y={px(y(shareOf(stage)))}
      width={px(width)}
      height={px(bottom - y(shareOf(stage)))}
    />
  );
};

const Planned: FC<Across & { span: PhaseSpan; now: number; until: number }> = (props) => {
  const { span, now, until, x, y, bottom } = props;
  const [from, to] = [x(Math.max(now, span.from)), x(Math.min(until, span.to))];
  const high = span.stage.phase === 'shadow' ? 6 : bottom - y(shareOf(span.stage));
  const box = { x: px(from), y: px(bottom - high), width: px(Math.max(0, to - from)), height: px(high) };
  return (
    <>
      <rect fill="url(#hatch-c)" {...box} />
      <rect class="planned" {...box} />
    </>
  );
};

/** A phase that goes on has one name, where it began. */
const namesOf = (been: readonly PhaseSpan[], ahead: readonly PhaseSpan[]): readonly PhaseSpan[] => [
  ...been,
  ...(been.length === 0 ? ahead : ahead.slice(1)),
];

const PhaseNames: FC<{
  spans: readonly PhaseSpan[];
  now: number;
  x: (at: number) => number;
  end: number;
}> = ({ spans, now, x, end }) => {
  let free = 0;
  return (
    <>
      {spans.map(({ stage, from, to }) => {
        const at = x(from);
        const name = stageName(stage);
        if (at < free || at + letter * name.length > end) return null;
        free = at + letter * name.length + 10;
        const isNow = from <= now && now < to;
        return (
          <>
            <path class="ax" d={`M${px(at)} 26V${top}`} />
            <text class={isNow ? 'k' : 'm'} x={px(at + 5)} y="35">
              {name}
            </text>
          </>
        );
      })}
    </>
  );
};

type Judged = { x: number; kind: Judgement['kind']; at: string };
const weight: readonly Judgement['kind'][] = ['successful', 'inconclusive', 'error', 'failed'];

/** Marks that would touch are one: the gravest stands for them, and says how many there were. */
function apart(marks: readonly Judged[], least: number) {
  const groups: Judged[][] = [];
  for (const mark of marks) {
    const first = groups.at(-1)?.[0];
    if (first !== undefined && mark.x - first.x < least) groups.at(-1)!.push(mark);
    else groups.push([mark]);
  }
  return groups.map((group) => {
    const worst = group.reduce((a, b) => (weight.indexOf(b.kind) > weight.indexOf(a.kind) ? b : a));
    const more = group.length > 1 ? `, the gravest of ${group.length}` : '';
    return { x: group[0]!.x, kind: worst.kind, title: `${worst.at}: ${worst.kind}${more}` };
  });
}

/** Where looks are still to come, as far apart as marks can stand. */
function comingLooks(
  { nextLookAt, times, planned }: ShownRollout,
  x: (at: number) => number,
  end: number,
): number[] {
  if (nextLookAt === null) return [];
  const step = Math.max(34, x(nextLookAt + times.everyMs) - x(nextLookAt));
  const last = Math.min(end - 6, x(planned.at(-1)?.to ?? nextLookAt));
  const first = x(nextLookAt) + 8;
  return Array.from({ length: Math.max(0, Math.ceil((last - first) / step)) }, (_, i) => first + i * step);
}
