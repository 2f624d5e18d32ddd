import type { FC } from 'hono/jsx';
import type { Stretch, Taking } from '../run/run-steps.ts';
import { lasting, listed } from '../wording.ts';
import { px } from './axis.ts';
import { Hatch } from './hatch.tsx';
import { layouts } from './plot.ts';
import type { Layout } from './plot.ts';

const TOP = 20;
const HEIGHT = 16;
const GAP = 2;
/** Narrower than this nobody sees it. */
const LEAST = 6;
/** About the width of a letter of a label. */
const LETTER = 6.3;
/** Between the words of one piece and those of the next. */
const APART = 8;

const words: Readonly<Record<Taking, readonly [long: string, short: string]>> = {
  work: ['work', 'work'],
  labels: ['waiting for labels', 'labels'],
  held: ['held for more labels', 'held'],
  paused: ['paused', 'paused'],
  person: ['waiting for a person', 'person'],
  rollout: ['rolling out', 'rollout'],
};

/** Where the time of a run went, from left to right: waits are hatched, work and people are not. */
export const TimeStrip: FC<{ stretches: readonly Stretch[]; layout: Layout }> = ({ stretches, layout }) => {
  const { width } = layouts[layout];
  const pieces = placeStretches(stretches, width);
  const label = listed(stretches.map(({ taking, ms }) => `${lasting(ms)} ${words[taking][0]}`));
  return (
    <svg viewBox={`0 0 ${width} 56`} role="img" aria-label={label}>
      {pieces.map((piece, i) => (
        <Piece {...piece} before={pieces[i - 1] ?? null} isLast={i === pieces.length - 1} layout={layout} />
      ))}
    </svg>
  );
};

type Placed = Stretch & { x: number; width: number };

/** By their share of the time, but none narrower than what can be seen. */
export function placeStretches(stretches: readonly Stretch[], width: number): Placed[] {
  const room = width - GAP * Math.max(0, stretches.length - 1) - LEAST * stretches.length;
  const total = stretches.reduce((sum, { ms }) => sum + ms, 0) || 1;
  let x = 0;
  return stretches.map((stretch) => {
    const wide = LEAST + (room * stretch.ms) / total;
    const placed = { ...stretch, x, width: wide };
    x += wide + GAP;
    return placed;
  });
}

const Piece: FC<Placed & { before: Placed | null; isLast: boolean; layout: Layout }> = ({
  taking,
  ms,
  x,
  width,
  before,
  isLast,
  layout,
}) => {
  const said = words[taking][layout === 'wide' ? 0 : 1];
  const took = taking === 'work' ? `${lasting(ms)} of work` : lasting(ms);
  const room = isLast ? 0 : APART;
  const fits = (text: string) => text.length * LETTER + room <= width;
  // What is too narrow for its own words has them at its end, where the one before leaves room for both.
  const leans = (text: string, beforeText: string) =>
    !fits(text) &&
    before !== null &&
    (text.length + beforeText.length) * LETTER + APART + room <= before.width + width;
  const tookLeans = leans(took, before === null ? '' : lasting(before.ms));
  const isHatched = taking === 'labels' || taking === 'held' || taking === 'paused';
  return (
    <>
      {isHatched ? (
        <Hatch x={x} y={TOP} width={width} height={HEIGHT} />
      ) : (
        <rect class={`took-${taking}`} x={px(x)} y={TOP} width={px(width)} height={HEIGHT} rx="2" />
      )}
      {taking !== 'work' && fits(said) ? (
        <text class="m" x={px(x)} y="12">
          {said}
        </text>
      ) : null}
      {fits(took) || tookLeans ? (
        <text
          class={`${taking === 'work' ? 'f-challenger' : 'k'}${tookLeans ? ' e' : ''}`}
          x={px(tookLeans ? x + width - room : x)}
          y="52"
        >
          {took}
        </text>
      ) : null}
    </>
  );
};
