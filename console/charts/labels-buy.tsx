import type { FC } from 'hono/jsx';
import { sayCurve } from '../teach-sentences.ts';
import type { Buys } from '../teach-view.ts';
import { count } from '../wording.ts';

const box = { width: 268, height: 116, left: 34, right: 260, top: 8, bottom: 94 };

/** The chance that a test decides, by how many labels it has: where it is now, and where it would be settled. */
export const LabelsBuy: FC<{ buys: Buys }> = ({ buys }) => {
  const { curve, now, settles } = buys;
  const most = curve.at(-1)![0];
  const x = (labels: number) => box.left + ((box.right - box.left) * labels) / most;
  const y = (chance: number) => box.bottom - (box.bottom - box.top) * chance;
  const chanceAt = (labels: number) => curve.findLast(([at]) => at <= labels)![1];
  const path = curve.map(
    ([at, chance], i) => `${i === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(chance).toFixed(1)}`,
  );
  const isLeft = x(now) < 150;
  return (
    <figure>
      <svg class="buys" viewBox={`0 0 ${box.width} ${box.height}`} role="img" aria-label={sayCurve(buys)}>
        {[0, 0.5, 1].map((share) => (
          <>
            <line
              x1={box.left}
              y1={y(share)}
              x2={box.right}
              y2={y(share)}
              class={share === 0 ? 'ax' : 'gl'}
            />
            <text x={box.left - 5} y={y(share) + 4} class="e">
              {`${share * 100} %`}
            </text>
          </>
        ))}
        <path d={path.join('')} class="curve" />
        <line x1={x(settles)} y1={y(0.9)} x2={x(settles)} y2={box.bottom} class="bound" />
        <circle cx={x(settles)} cy={y(chanceAt(settles))} r="3.5" class="settles" />
        <circle cx={x(now)} cy={y(chanceAt(now))} r="4.5" class="now" />
        <text x={x(now) + (isLeft ? 9 : -9)} y={y(chanceAt(now)) - 5} class={isLeft ? 'k' : 'k e'}>
          {`${count(now)} now`}
        </text>
        <text x={x(settles) - 6} y={box.bottom - 12} class="e">
          {`${count(settles)} settles it`}
        </text>
      </svg>
      <figcaption class="muted small">Chance that quality can be decided, by labels.</figcaption>
    </figure>
  );
};
